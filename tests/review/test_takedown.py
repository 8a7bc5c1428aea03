"""What was delivered is taken back from CloudFront when it is rejected, and only then."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.record.models import Image
from media_pipeline.review import acts, takedown
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Verdict
from media_pipeline.storage import cdn
from tests.support import hooks
from tests.support.pictures import new_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed, reread

pytestmark = pytest.mark.usefixtures("aws")
REMOVE, ALLOW = Verdict(Outcome.REMOVE), Verdict(Outcome.ALLOW)
EXPLICIT = ("Explicit", "", 1, 97.0)


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr(cdn, "conf", dataclasses.replace(conf, cloudfront_distribution_id="E123"))
    with Stubber(aws.client("cloudfront")) as stubber:
        yield stubber


@pytest.fixture
def asked(cloudfront: Stubber) -> Iterator[list[str]]:
    """What CloudFront was asked for. The stub's refusal of a call that nobody expects would not be seen: CloudFront may
    refuse, and nothing comes of that.
    """
    calls: list[str] = []
    with hooks.registered(["cloudfront"], "provide-client-params.{}", lambda model, **_: calls.append(model.name)):
        yield calls


def expects(cloudfront: Stubber, record: Image) -> None:
    paths = [f"/{rendition.key(record.image_id)}*" for rendition in record.rendition_list]
    assert len(paths) == 5
    batch = {
        "Paths": {"Quantity": 5, "Items": paths},
        "CallerReference": f"{record.image_id}-{record.revision}",
    }
    cloudfront.add_response("create_invalidation", {}, {"DistributionId": "E123", "InvalidationBatch": batch})


def image() -> Image:
    return processed(new_jpeg(320, 240))


def test_what_was_never_let_out_is_not_asked_for(asked: list[str], rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(EXPLICIT)
    rejected = acts.decide(image(), REMOVE, by="mod")
    takedown.take_down(rejected)
    assert asked == []


def test_what_is_not_rejected_is_left(asked: list[str]) -> None:
    record = image()
    takedown.take_down(record)
    takedown.take_down(acts.report(record, "odd", by="reader"))
    assert asked == []


def test_a_reported_and_removed_image_is_taken_down(cloudfront: Stubber) -> None:
    rejected = acts.decide(acts.report(image(), "odd", by="reader"), REMOVE, by="mod")
    expects(cloudfront, rejected)
    takedown.take_down(rejected)
    cloudfront.assert_no_pending_responses()


def test_an_image_that_was_allowed_once_is_taken_back(cloudfront: Stubber, rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(EXPLICIT)
    allowed = acts.decide(image(), ALLOW, by="mod")
    rejected = acts.decide(acts.reopen(allowed, reason="again", by="other"), REMOVE, by="mod")
    expects(cloudfront, rejected)
    takedown.take_down(rejected)
    cloudfront.assert_no_pending_responses()


def test_a_held_image_is_taken_back(cloudfront: Stubber, asked: list[str]) -> None:
    held = acts.hold(image(), because="a list", by="mod")
    expects(cloudfront, held)
    takedown.take_down(held)
    cloudfront.assert_no_pending_responses()
    assert asked == ["CreateInvalidation"]


def test_nothing_is_deleted(cloudfront: Stubber) -> None:
    rejected = acts.decide(acts.report(image(), "odd", by="reader"), REMOVE, by="mod")
    expects(cloudfront, rejected)
    takedown.take_down(rejected)
    assert reread(rejected).rendition_list == rejected.rendition_list
    overturned = acts.flag(rejected, [Flag(FlagKind.SAMPLE)])
    assert reread(overturned).rendition_list


def test_a_cloudfront_that_has_too_much_to_do_holds_up_nobody(
    cloudfront: Stubber, caplog: pytest.LogCaptureFixture
) -> None:
    held = acts.hold(image(), because="a list", by="mod")
    cloudfront.add_client_error("create_invalidation", "TooManyInvalidationsInProgress", http_status_code=400)
    takedown.take_down(held)
    assert "not taken back from CloudFront" in caplog.text


def test_without_a_distribution_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(service: str) -> Any:
        raise AssertionError(service)

    held = acts.hold(image(), because="a list", by="mod")
    monkeypatch.setattr(aws, "client", refuse)
    takedown.take_down(held)

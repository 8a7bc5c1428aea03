"""What the ledger keeps of an attempt, for the next."""

from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.images import use_cases
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, Status
from tests.support import hooks
from tests.support.pictures import make_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import reread, uploaded

pytestmark = pytest.mark.usefixtures("aws")


def test_what_the_last_attempt_found_is_kept(rekognition: RekognitionStub) -> None:
    """The stage counts as done and is not asked again: without its findings, an unsafe image would be let out."""
    record, version = uploaded(make_jpeg(seed=55), owner="greta")
    record.update([Image.attempts.set(conf.max_attempts - 1)])
    rekognition.finds_labels(("Explicit", "", 1, 91.5), ("Explicit Nudity", "Explicit", 2, 91.5))

    def refuse() -> None:
        raise hooks.refusal("s3", "PutObject")

    with hooks.first("s3.PutObject", refuse, path="optimized/webp"):
        run.process_object(version)
    assert reread(record).status is Status.FAILED
    use_cases.retry(Reader("greta"), record.image_id)
    run.resume(record.image_id)
    assert reread(record).status is Status.IN_REVIEW

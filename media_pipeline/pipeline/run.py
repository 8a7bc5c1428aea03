"""One image's way: one fetch, one decode, thumbnails at once, then the other stages side by side.

Whatever happens, an image ends `ready`, in review or `failed` with a reason: errors of the image end it, errors that
time can heal send it through the retry queue until its attempts are used up, and the sweep finds what a crash left.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any

from media_pipeline import telemetry
from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf
from media_pipeline.errors import (
    DamagedImageError,
    DarkroomError,
    ImageError,
    LeaseHeldError,
    NotFoundError,
    TemporaryError,
)
from media_pipeline.images import erasure
from media_pipeline.imaging.opening import open_picture
from media_pipeline.intake import adoption
from media_pipeline.pipeline.order import STAGES
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.record import ledger
from media_pipeline.record.events import ObjectVersion
from media_pipeline.record.ledger import Refusal
from media_pipeline.record.models import Image, Rendition
from media_pipeline.review import judgement
from media_pipeline.search import likeness, terms
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger


def process_object(stored: ObjectVersion) -> None:
    """A new object in the bucket of originals; called once, twice, late or out of order."""
    image_id = stored.key.removeprefix("original/")
    begun = ledger.begin(image_id, stored.version_id)
    if begun is Refusal.UNKNOWN:
        begun = _begin_adopted(stored)
    if begun is Refusal.OTHER_VERSION:
        telemetry.count("LaterVersionsRemoved")
        buckets.delete_original_version(stored.key, stored.version_id)
    if isinstance(begun, Refusal):
        logger.info("nothing to do", image_id=image_id, reason=begun.value)
    else:
        _process(begun)


def resume(image_id: str) -> None:
    """Go on with an image where its ledger says: from the retry queue, or because somebody asked for it."""
    record = Image.load(image_id)
    if record is None or record.unfinished is None:
        return
    version_id = record.version_id or buckets.first_version(record.object_key)
    if version_id is None:
        logger.info("nothing uploaded yet", image_id=image_id)
        return
    begun = ledger.begin(image_id, version_id)
    if begun is Refusal.RUNNING:
        raise LeaseHeldError("Another invocation works on this image; the queue asks again later.")
    if not isinstance(begun, Refusal):
        _process(begun)


def _begin_adopted(stored: ObjectVersion) -> Image | Refusal:
    image_id = adoption.adopt(stored)
    return ledger.begin(image_id, stored.version_id) if image_id else Refusal.UNKNOWN


def _process(record: Image) -> None:
    telemetry.about(image_id=record.image_id)
    started = time.perf_counter()
    try:
        _run_to_an_end(record)
    except (ledger.LeaseLostError, NotFoundError):
        logger.warning("image taken over or erased, results thrown away")
        if Image.load(record.image_id) is None:
            erasure.remove_traces(record)
    telemetry.milliseconds("ProcessingTime", (time.perf_counter() - started) * 1000)


def _run_to_an_end(record: Image) -> None:
    """Run the stages; when that fails, write down how, which may find the lease lost as well."""
    try:
        _run_stages(record)
    except (ledger.LeaseLostError, NotFoundError):
        raise
    except ImageError as error:
        telemetry.count("Failures")
        logger.warning("image failed", reason=str(error))
        ledger.fail(record, str(error))
    except TemporaryError as error:
        _try_later(record, Outcome.of([]), str(error))
    except Exception:  # a fault of ours goes to the dead letters, but its retries must find the image free
        with suppress(ledger.LeaseLostError):
            ledger.release(record, {}, (), {}, delay=0)
        raise


def _run_stages(record: Image) -> None:
    if record.attempts > conf.max_attempts:  # none of them lived to say why: out of memory, or out of time
        raise ImageError(f"Gave up after {conf.max_attempts} attempts that never came to an end.")
    first, *others = STAGES
    work, facts = _open(record)
    if not _is_done(record, first):
        run = _run(first, work)
        if run.error:
            raise run.error
        ledger.publish(record, first.name, run.ms, run.result.renditions, {**facts, **run.result.facts})
        telemetry.count("ThumbnailsGenerated", len(run.result.renditions))
    pending = [stage for stage in others if not _is_done(record, stage)]
    twin = judgement.twin_of(record)
    outcome = Outcome.of(_run_side_by_side(pending, replace(work, twin=twin)))
    if outcome.temporary:
        _try_later(record, outcome, str(outcome.temporary))
        return
    _measure_savings(record, outcome.renditions)
    ledger.remember(record, outcome.renditions, outcome.facts)
    described = terms.described_terms(record)
    terms.write(record.library, terms.found_terms(record), record.image_id)
    terms.write(terms.CONTENT, [record.sha256], record.image_id)
    if record.phash:
        likeness.write(record.phash, record.image_id)
    judgement.open_review(record, twin)
    ledger.finish(record, outcome.states, outcome.renditions, outcome.facts)
    # Edited meanwhile: the edit may have removed a word that was found too.
    if terms.described_terms(record) != described:
        terms.write(record.library, terms.found_terms(record), record.image_id)


def _open(record: Image) -> tuple[Work, dict[str, Any]]:
    """Fetch and decode, once for all stages; and the facts that follow from the bytes."""
    original = buckets.fetch_original(record.object_key, record.version_id)
    sha256 = hashlib.sha256(original).hexdigest()
    if record.sha256 not in {None, sha256}:
        raise DamagedImageError(
            "The bytes that arrived are not those that were announced (sha256 differs). Upload it again."
        )
    picture = open_picture(original, max_pixels=conf.max_pixels)
    facts = {
        "sha256": sha256,
        "bytes": len(original),
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
    }
    return Work(record, original, picture, picture.decode()), facts


def _is_done(record: Image, stage: Stage) -> bool:
    return bool(record.stage_states.get(stage.name, {}).get("state") == "done")


@dataclass(frozen=True, slots=True)
class StageRun:
    """How one stage went: a result or an error, and how long it took."""

    stage: Stage
    ms: int
    result: Result
    error: DarkroomError | None = None


def _run(stage: Stage, work: Work) -> StageRun:
    started = time.perf_counter()
    result, error = Result(), None
    try:
        result = stage.run(work)
    except DarkroomError as raised:
        error = raised
    except Exception as raised:  # noqa: BLE001 - a fault of ours in one stage must not take the others' results with it
        logger.exception("stage broke", stage=stage.name)
        error = TemporaryError(f"The stage {stage.name} broke ({type(raised).__name__}).")
    ms = round((time.perf_counter() - started) * 1000)
    telemetry.milliseconds("StageDuration", ms, stage=stage.name)
    return StageRun(stage, ms, result, error)


def _run_side_by_side(stages: Sequence[Stage], work: Work) -> list[StageRun]:
    """In threads: codecs release the GIL and services make one wait. One by one when memory would not hold them all."""
    if work.pixels.width * work.pixels.height > conf.serial_above_pixels or len(stages) < 2:
        return [_run(stage, work) for stage in stages]
    with ThreadPoolExecutor(len(stages)) as pool:
        runs = [pool.submit(copy_context().run, _run, stage, work) for stage in stages]
        return [run.result() for run in runs]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What several stages came to, in the ledger's terms; `temporary` is an error that calls for another attempt."""

    states: dict[str, dict[str, Any]]
    renditions: list[Rendition]
    facts: dict[str, Any]
    temporary: DarkroomError | None = None

    @classmethod
    def of(cls, runs: Sequence[StageRun]) -> Outcome:
        return cls(
            states={
                run.stage.name: ledger.failed(run.ms, str(run.error)) if run.error else ledger.done(run.ms)
                for run in runs
            },
            renditions=[rendition for run in runs for rendition in run.result.renditions],
            facts={name: value for run in runs for name, value in run.result.facts.items()},
            temporary=next(
                (run.error for run in runs if run.error and (run.error.retryable or run.stage.judges)), None
            ),
        )


def _try_later(record: Image, outcome: Outcome, reason: str) -> None:
    """Keep what was done, give the lease back, and ask the retry queue; or end it when the attempts are used up."""
    if record.attempts >= conf.max_attempts:
        telemetry.count("Failures")
        reason = f"Gave up after {record.attempts} attempts. {reason}"
        ledger.fail(record, reason, outcome.states, outcome.renditions, outcome.facts)
        return
    delay = retry_queue.backoff(int(record.attempts))
    ledger.release(record, outcome.states, outcome.renditions, outcome.facts, delay=delay)
    logger.warning("image goes on later", reason=reason, attempts=record.attempts, delay=delay)
    retry_queue.send(record.image_id, delay=delay)


def _measure_savings(record: Image, renditions: Sequence[Rendition]) -> None:
    for rendition in renditions:
        if rendition.name in {"jpeg", "webp"} and record.bytes:
            telemetry.percent("ImageSizeReduction", 100 * (1 - rendition.bytes / record.bytes))

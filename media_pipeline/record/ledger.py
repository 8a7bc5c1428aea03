"""Who works on an image, what is done, and how it ended: conditional writes on the record.

S3 and SQS deliver at least once and in any order, invocations die, owners delete while the pipeline works. So the
first processed version is fixed by `begin`, every later write is conditional on the lease it took, and nothing here
ever creates a record: a late write neither resurrects an image nor overwrites what came after it.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pynamodb.expressions.update import Action

from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError
from media_pipeline.record.models import FAILED, Image, Rendition, unfinished_shard


class Refusal(StrEnum):
    """Why `begin` gave no lease."""

    UNKNOWN = "no record has this id"
    OTHER_VERSION = "another version of the object is the image"
    FINISHED = "nothing is left to do"
    RUNNING = "another invocation holds the lease"


class LeaseLostError(TemporaryError):
    """The record was erased, or another invocation took over; what this one has is to be thrown away.

    Not retryable by itself: whoever holds the lease now, finishes.
    """

    retryable = False


def begin(image_id: str, version_id: str) -> Image | Refusal:
    """Take the lease and fix the version, in one write; the record as it is then, or why not."""
    now = int(time.time())
    free = Image.lease.does_not_exist() | (Image.lease_until < now)
    same = Image.version_id.does_not_exist() | (Image.version_id == version_id)
    open_ = Image.unfinished.exists() & (Image.unfinished != FAILED)
    record = Image(image_id)
    taken = record.change(
        [
            Image.version_id.set(version_id),
            Image.lease.set(secrets.token_hex(8)),
            Image.lease_until.set(now + conf.lease_seconds),
            Image.attempts.add(1),
        ],
        open_ & same & free,
    )
    return record if taken else _why_refused(image_id, version_id)


def _why_refused(image_id: str, version_id: str) -> Refusal:
    record = Image.load(image_id)
    if record is None:
        return Refusal.UNKNOWN
    if record.version_id not in {None, version_id}:
        return Refusal.OTHER_VERSION
    if record.unfinished in {None, FAILED}:
        return Refusal.FINISHED
    return Refusal.RUNNING


def publish(record: Image, stage: str, ms: int, renditions: Iterable[Rendition], facts: Mapping[str, Any]) -> None:
    """Make the first stage's renditions visible before anything slow starts."""
    _held(record, _progress(record, {stage: done(ms)}, renditions, facts))


def finish(
    record: Image, stages: Mapping[str, Mapping[str, Any]], renditions: Iterable[Rendition], facts: Mapping[str, Any]
) -> None:
    """The last write: every stage has its result, the lease is given back, the image is no longer unfinished."""
    actions = _progress(record, stages, renditions, facts)
    _held(record, [*actions, Image.unfinished.remove(), *_give_back()])


def fail(
    record: Image,
    reason: str,
    stages: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    renditions: Iterable[Rendition] = (),
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """End without a result; `reason` is what its owner reads.

    Stages that are done are written down with what they found: a later attempt leaves them out.
    """
    actions = _progress(record, stages, renditions, facts)
    _held(record, [*actions, Image.failure.set(reason), Image.unfinished.set(FAILED), *_give_back()])


def release(
    record: Image,
    stages: Mapping[str, Mapping[str, Any]],
    renditions: Iterable[Rendition],
    facts: Mapping[str, Any],
    *,
    delay: int,
) -> None:
    """Give the lease back with the work unfinished; what was done is kept, and the retry in `delay` seconds goes on.

    `lease_until` without a lease keeps nobody away from the image; it tells the sweep that a retry is under way.
    """
    expected = Image.lease_until.set(int(time.time()) + delay + conf.lease_seconds)
    _held(record, [*_progress(record, stages, renditions, facts), Image.lease.remove(), expected])


def expect_retry(record: Image, *, within: dt.timedelta) -> None:
    """Tell the sweeps to come that a retry is under way, unless somebody has taken the image up since it was read.

    The lease, if there is one, ran out: it goes, or the new time would keep the retry away.
    """
    until = Image.lease_until
    unchanged = until.does_not_exist() if record.lease_until is None else until == record.lease_until
    record.change(
        [Image.lease.remove(), until.set(int(time.time() + within.total_seconds()))],
        unchanged & Image.unfinished.exists() & (Image.unfinished != FAILED),
    )


def reopen(image_id: str) -> bool:
    """Let a failed image be tried again where its ledger says; False when it did not fail."""
    return Image(image_id).change(
        [
            Image.unfinished.set(unfinished_shard(image_id)),
            Image.attempts.set(0),
            Image.failure.remove(),
        ],
        Image.unfinished == FAILED,
    )


def add_rendition(record: Image, rendition: Rendition) -> bool:
    """Put one more rendition on a finished record; no lease is needed, since nothing else writes its name."""
    facts = [rendition.format, rendition.width, rendition.height, rendition.bytes]
    path = Image.renditions[rendition.name]
    return record.change([path.set(facts)], Image.unfinished.does_not_exist())


def done(ms: int) -> dict[str, Any]:
    return {"state": "done", "ms": ms}


def failed(ms: int, error: str) -> dict[str, Any]:
    return {"state": "failed", "ms": ms, "error": error}


def _progress(
    record: Image, stages: Mapping[str, Mapping[str, Any]], renditions: Iterable[Rendition], facts: Mapping[str, Any]
) -> list[Action]:
    """The writes that add results to what the record already has; whole maps, since the lease keeps others away."""
    actions = [getattr(Image, name).set(value) for name, value in facts.items() if value is not None]
    if stages:
        actions.append(Image.stages.set({**record.stage_states, **stages}))
    remember(record, renditions, facts)
    if record.renditions:
        actions.append(Image.renditions.set(record.renditions))
    return actions


def remember(record: Image, renditions: Iterable[Rendition], facts: Mapping[str, Any]) -> None:
    """Put results on the local record alone: for terms to be derived, and to be found if their write comes too late."""
    for name, value in facts.items():
        setattr(record, name, value)
    stored = {rendition.name: rendition for rendition in (*record.rendition_list, *renditions)}
    if stored:
        record.renditions = {r.name: [r.format, r.width, r.height, r.bytes] for r in stored.values()}


def _give_back() -> list[Action]:
    return [Image.lease.remove(), Image.lease_until.remove()]


def _held(record: Image, actions: list[Action]) -> None:
    if not record.change(actions, Image.lease == record.lease):
        raise LeaseLostError(f"The lease on image {record.image_id} is no longer ours.")

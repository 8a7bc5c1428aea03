"""What an image's state is called, why it is so, and the one thing its owner can do about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from media_pipeline.conf import conf
from media_pipeline.record import stages
from media_pipeline.record.models import Image, Status


class Action(StrEnum):
    RETRY = "retry"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class State:
    """`kind` picks the colour, `changing` says that looking again soon is worth it."""

    kind: str
    word: str
    icon: str
    reason: str = ""
    action: Action | None = None
    changing: bool = False


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage: `state` is "done", "failed" or "waiting"; `ms` how long it ran."""

    name: str
    state: str
    ms: int
    error: str


FIXED = {
    Status.READY: State("ready", "Ready", "check"),
    Status.PROCESSING: State("processing", "Processing", "spin", changing=True),
    Status.IN_REVIEW: State("review", "In review", "clock", "Somebody will look at it."),
    Status.REJECTED: State("rejected", "Rejected", "ban", "A moderator decided that this photo may not be shown."),
    Status.DELETED: State("failed", "In the Trash", "trash"),
}


def state_of(record: Image) -> State:
    match record.status:
        case Status.UPLOADING:
            return _uploading(record)
        case Status.FAILED:
            return _failed(record)
        case status:
            return FIXED[status]


def _uploading(record: Image) -> State:
    age = dt.datetime.now(dt.UTC) - record.created_at
    if age.total_seconds() > conf.upload_expires_seconds:  # S3 takes the file no more
        return State("failed", "Not uploaded", "warn", "The file did not arrive. Upload it again.", Action.TRASH)
    return State("processing", "Uploading", "spin", changing=True)


def _failed(record: Image) -> State:
    """A file that is at fault stays at fault; only when the pipeline gave up does trying again make sense."""
    gave_up = record.attempts >= conf.max_attempts
    return State("failed", "Failed", "warn", record.failure or "", Action.RETRY if gave_up else Action.TRASH)


def stage_states(record: Image) -> list[StageState]:
    """Every stage in order: those the ledger knows, and those still to come."""
    ledger = record.stage_states
    return [
        StageState(
            stages.TITLES.get(name, name.replace("_", " ").capitalize()),
            ledger.get(name, {}).get("state", "waiting"),
            int(ledger.get(name, {}).get("ms", 0)),
            ledger.get(name, {}).get("error", ""),
        )
        for name in dict.fromkeys([*stages.EXPECTED, *ledger])
    ]

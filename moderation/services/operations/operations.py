"""What machines could not finish: dead letters, failed and stuck images. Every act is in the admin's log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.utils import timezone

from media_pipeline.aws import dead_letters, task_queue
from media_pipeline.record import events
from media_pipeline.record import unfinished as unfinished_images
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.record.unfinished import count_unfinished, queue_depths
from moderation.models import ReviewCase, WebhookDelivery, WebhookEndpoint
from moderation.roles import May, Moderator
from moderation.services.operations import runs

LOOKING = 2  # seconds that a letter is hidden: not to be seen twice in one look, and to be there for the next
WHAT = {
    dead_letters.Kind.WORK: "Go on with an image",
    dead_letters.Kind.TASK: "A task of moderation",
    dead_letters.Kind.OBJECTS: "An uploaded file",
    dead_letters.Kind.CHANGES: "A change that the cases should follow",
    dead_letters.Kind.SCHEDULE: "A run of the schedule",
    dead_letters.Kind.UNKNOWN: "Something unknown",
}
STUCK = dt.timedelta(minutes=15)
MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """`what` it was to do, `why` it did not, how often it was looked at; `image_id` is "" when it names none."""

    message_id: str
    what: str
    why: str
    times: int
    since: dt.datetime
    image_id: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    unfinished: int
    failed: int
    retries: int
    tasks: int
    dead: int
    last_day: runs.LastDay


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Endpoints as they are now; deliveries of the last day."""

    on: int
    off: int
    failing: int
    delivered: int
    waiting: int
    given_up: int


def letters(viewer: Moderator) -> list[Shown]:
    viewer.require(May.OPERATE)
    return [_shown(letter) for letter in islice(dead_letters.receive(hidden_seconds=LOOKING), MAX_SHOWN)]


def redrive(viewer: Moderator, message_ids: Sequence[str]) -> int:
    """Do again what they were to do; how many there still were."""
    viewer.require(May.OPERATE)
    return _handle(viewer, message_ids, "redriven", _try_again)


def discard(viewer: Moderator, message_ids: Sequence[str]) -> int:
    viewer.require(May.OPERATE)
    return _handle(viewer, message_ids, "discarded", _throw_away)


def failed(viewer: Moderator) -> list[Image]:
    """Images that ended without a result, the newest first."""
    viewer.require(May.OPERATE)
    return [image for image in unfinished_images.failed(MAX_SHOWN) if image.review != ReviewState.CHILD_SAFETY]


def stuck(viewer: Moderator) -> list[Image]:
    """Images whose file came, and that are not done after a quarter of an hour."""
    viewer.require(May.OPERATE)
    before = timezone.now() - STUCK
    return [
        image for image in unfinished_images.unfinished(MAX_SHOWN) if image.version_id and image.created_at < before
    ]


def retry(viewer: Moderator, image_ids: Sequence[str]) -> int:
    """Process failed and stuck images once more; how many of them could be."""
    viewer.require(May.OPERATE)
    done = [image_id for image_id in image_ids if unfinished_images.retry(image_id)]
    for image_id in done:
        _log(viewer, image_id, "retried")
    return len(done)


def webhooks(viewer: Moderator) -> Webhooks:
    viewer.require(May.OPERATE)
    day = WebhookDelivery.objects.filter(made_at__gt=timezone.now() - dt.timedelta(days=1))
    states = dict(day.values_list("state").annotate(Count("pk")).order_by())
    endpoints = WebhookEndpoint.objects.aggregate(
        on=Count("pk", filter=Q(is_on=True)),
        off=Count("pk", filter=Q(is_on=False)),
        failing=Count("pk", filter=Q(is_on=True, failures__gt=0)),
    )
    return Webhooks(
        **endpoints,
        delivered=states.get(WebhookDelivery.State.DELIVERED, 0),
        waiting=states.get(WebhookDelivery.State.WAITING, 0),
        given_up=states.get(WebhookDelivery.State.GIVEN_UP, 0),
    )


def health(viewer: Moderator) -> Health:
    viewer.require(May.OPERATE)
    retries, tasks, dead = queue_depths()
    return Health(
        unfinished=count_unfinished(),
        failed=len(unfinished_images.failed(1000)),
        retries=retries,
        tasks=tasks,
        dead=dead,
        last_day=runs.last_day(),
    )


def _shown(letter: dead_letters.DeadLetter) -> Shown:
    why = letter.error.splitlines()
    return Shown(
        letter.message_id,
        _what(letter),
        why[0][:300] if why else "Tried too often",
        letter.received,
        letter.sent_at,
        _image_id(letter),
    )


def _what(letter: dead_letters.DeadLetter) -> str:
    is_task = letter.kind is dead_letters.Kind.TASK
    return f"{WHAT[letter.kind]}: {letter.content['kind']}" if is_task else WHAT[letter.kind]


def _image_id(letter: dead_letters.DeadLetter) -> str:
    match letter.kind:
        case dead_letters.Kind.WORK:
            return str(letter.content["image_id"])
        case dead_letters.Kind.TASK:
            return str(letter.content.get("image_id", ""))
        case dead_letters.Kind.OBJECTS:
            return events.created_objects(letter.content)[0].key.removeprefix("original/")
        case _:
            return ""


def _try_again(letter: dead_letters.DeadLetter) -> bool:
    if letter.kind is dead_letters.Kind.CHANGES:
        # It says where in the stream, not what changed; comparing all that waits finds it. That makes renditions and
        # tells of what was opened, which the pipeline may and the web may not.
        task_queue.send("reconcile", {})
        dead_letters.discard(letter)
        return True
    return dead_letters.try_again(letter)


def _throw_away(letter: dead_letters.DeadLetter) -> bool:
    dead_letters.discard(letter)
    return True


def _handle(
    viewer: Moderator, message_ids: Sequence[str], word: str, act: Callable[[dead_letters.DeadLetter], bool]
) -> int:
    wanted = set(message_ids)
    handled = 0
    for letter in dead_letters.receive(hidden_seconds=LOOKING):
        if letter.message_id in wanted and act(letter):
            _log(viewer, _image_id(letter) or letter.message_id, f"dead letter {word}")
            handled += 1
    return handled


def _log(viewer: Moderator, about: str, what: str) -> None:
    LogEntry.objects.create(
        user_id=viewer.id,
        content_type=ContentType.objects.get_for_model(ReviewCase),
        object_id=about,
        object_repr=about,
        action_flag=CHANGE,
        change_message=what,
    )

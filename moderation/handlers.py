"""Lambda's entry points of this room: parse, call, report. The table's stream is the only outbox of the pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import close_old_connections

from media_pipeline import telemetry
from media_pipeline.aws import batches, task_queue
from media_pipeline.record import events
from media_pipeline.record.events import MalformedEventError, RecordChange
from media_pipeline.record.models import ReviewState, Status
from media_pipeline.renditions import blurring
from media_pipeline.review import heirs, takedown
from media_pipeline.telemetry import logger
from moderation.services.cases import alerts, digests, projection, reconciling, statements
from moderation.services.operations import runs
from moderation.services.people import acts as face_acts
from moderation.services.people import matching, measuring, person_vectors
from moderation.services.people import projection as face_projection
from moderation.services.privacy import images as image_erasure
from moderation.services.privacy import jobs
from moderation.services.webhooks import deliveries
from moderation.services.webhooks import events as webhook_events

Task = dict[str, Any]
# By `kind`; each may be called more than once for the same task.
TASKS: dict[str, Callable[[Task], None]] = {
    deliveries.TASK: deliveries.deliver,
    "index_library": measuring.index_library,
    "index_faces": measuring.index_image,
    "index_face": measuring.index_face,
    "drop_vector": measuring.drop_vector,
    "delete_vectors": measuring.delete_vectors,
    "follow_trash": face_projection.follow_trash,
    "tell_records": face_projection.tell_records_task,
    "spread_names": matching.spread,
    "follow_person": person_vectors.follow,
    "settle_people": person_vectors.check_updates,
    "forget": jobs.go_on_task,
    "reconcile": reconciling.reconcile_task,
}


def on_record_changed(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The stream, in order. At the first record that fails the rest is left for another delivery: Lambda halves what
    is left until the record at fault stands alone, and puts that one among the dead letters.
    """
    with telemetry.invocation(context):
        close_old_connections()  # one that broke while Lambda slept must not cost this invocation
        listening = cache(webhook_events.listening)  # asked once an invocation

        def follow(record: dict[str, Any]) -> None:
            change = events.record_change(record)
            _bring_up_to_date(change)
            runs.note(change)
            webhook_events.tell(change, listening())

        return batches.changes(event["Records"], follow, what="a change")


def _bring_up_to_date(change: RecordChange) -> None:
    before, after = change.before, change.after
    if after is None:
        projection.mark_gone(change.image_id)
        if before is not None and before.faces:
            face_projection.remove_faces(change.image_id)
        image_erasure.after_removal(change.image_id)
        return
    reviewed = before.review if before else None
    if after.review == ReviewState.OPEN and reviewed is None:
        blurring.blur(after)
    projection.project(after)
    if after.status is Status.IN_REVIEW:  # not before the pipeline's last write, which brings the labels
        alerts.publish(after)
    if after.faces or (before is not None and before.faces):
        face_projection.follow_record(after)
    if after.review != reviewed:
        takedown.take_down(after)
        heirs.bring_heirs(after)


def on_task(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """SQS: work for this room. What fails comes again, later each time, until it is put among the dead letters."""
    with telemetry.invocation(context):
        close_old_connections()
        return batches.messages(event["Records"], _do, what="a task", put_off=_put_off)


def _put_off(record: dict[str, Any]) -> None:
    task_queue.put_off(record["receiptHandle"], int(record["attributes"]["ApproximateReceiveCount"]))


def _do(record: dict[str, Any]) -> None:
    try:
        task: Task = json.loads(record["body"])
        do = TASKS[task["kind"]]
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEventError(f"Not a task that anybody here does: {error!r}.") from error
    do(task)


def tidy(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Zappa passes both
    """The schedule: letters and webhooks that are due, and whatever drifted apart."""
    with telemetry.invocation(context):
        close_old_connections()
        counts = {
            "sent": statements.send_due(),
            "digests": digests.send_due(),
            "webhooks": deliveries.send_due(),
            **reconciling.reconcile().counts(),
        }
        deliveries.trim()
        jobs.resume_lost()
        face_acts.trim()
        runs.trim()
        logger.info("tidied", counts=counts)
        return counts

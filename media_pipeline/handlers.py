"""Lambda's entry points, one per source of events: parse, call, report.

Zappa calls each with exactly (event, context). An exception leaves the event with its source: Lambda retries an S3
event twice and then puts it among the dead letters, SQS delivers a message again.
"""

from __future__ import annotations

from typing import Any

from media_pipeline import telemetry
from media_pipeline.aws import batches
from media_pipeline.intake import backfill
from media_pipeline.pipeline import run, sweeping
from media_pipeline.record import events
from media_pipeline.renditions import rendering
from media_pipeline.renditions.requests import RenditionRequest
from media_pipeline.telemetry import logger


def on_object_created(event: dict[str, Any], context: Any) -> None:
    """S3: objects arrived under original/."""
    with telemetry.invocation(context):
        for stored in events.created_objects(event):
            _process(stored)


def _process(stored: events.ObjectVersion) -> None:
    # Zappa dispatches by bucket, whatever the prefix says; S3's console marks a folder by a key that ends in a slash.
    if stored.key.startswith("original/") and not stored.key.endswith("/"):
        run.process_object(stored)
    else:
        logger.warning("not an original", key=stored.key)


def on_retry(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """SQS: images to go on with. Answers which messages failed, so that the others are not delivered again."""
    with telemetry.invocation(context):
        return batches.messages(event["Records"], _retry, what="retry")


def _retry(record: dict[str, Any]) -> None:
    if redriven := events.redriven_objects(record):
        for stored in redriven:
            _process(stored)
        return
    request = events.retry_request(record)
    if request.rendition is None:
        run.resume(request.image_id)
    else:
        rendering.render(request.image_id, RenditionRequest.from_message(request.rendition))


def sweep(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Zappa passes both
    """The schedule: find what a crash, a lost event or an abandoned upload left behind."""
    with telemetry.invocation(context):
        return sweeping.sweep(seconds=context.get_remaining_time_in_millis() / 1000 * 0.8)


def on_batch_task(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """S3 Batch Operations: objects of an existing bucket to import, each with a result in the job's report."""
    with telemetry.invocation(context):
        return {
            "invocationSchemaVersion": event["invocationSchemaVersion"],
            "treatMissingKeysAs": "TemporaryFailure",
            "invocationId": event["invocationId"],
            "results": [backfill.attempt(task) for task in backfill.tasks(event)],
        }

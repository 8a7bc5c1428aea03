"""What moderation asks of images beyond what people and programs do: its only door into this room.

Who may do what is decided by its caller, moderation.services.
"""

from __future__ import annotations

from collections.abc import Iterator

from media_pipeline import (
    audit,
    aws,
    cdn,
    dead_letters,
    judgement,
    ledger,
    likeness,
    notifications,
    policy,
    retry_queue,
    reviews,
    search,
    storage,
    task_queue,
    verdicts,
)
from media_pipeline.conf import conf
from media_pipeline.models import BLURRED, FAILED, UNFINISHED_SHARDS, Image, Rendition, ReviewState, Status
from media_pipeline.review_writes import HELD, QUEUE

__all__ = [
    "BLURRED",
    "Image",
    "ReviewState",
    "Status",
    "audit",
    "blur",
    "bring_heirs",
    "conf",
    "count_unfinished",
    "dead_letters",
    "failed",
    "held_ids",
    "likeness",
    "notifications",
    "policy",
    "queue_depths",
    "retry",
    "reviews",
    "storage",
    "take_back",
    "task_queue",
    "unfinished",
    "verdicts",
    "waiting_ids",
]

HEIR_LIMIT = 1000  # of one source; a copy more would have to be brought along by hand
BLUR_QUALITY = 60


def waiting_ids() -> Iterator[str]:
    """The ids of all images that wait for a moderator, oldest first."""
    yield from _queued(QUEUE)


def held_ids() -> Iterator[str]:
    """The ids of the images held for child safety whose report was not filed yet."""
    yield from _queued(HELD)


def _queued(queue: str) -> Iterator[str]:
    with aws.temporary_errors("DynamoDB"):
        yield from (item.image_id for item in Image.in_review_index.query(queue))


def bring_heirs(source: Image) -> None:
    """Let the images that took over this one's verdict follow what became of it."""
    if source.verdict_from is not None or source.review is None:
        return
    for heir in Image.load_many(search.ids(judgement.HEIRS, source.image_id, limit=HEIR_LIMIT)):
        if source.review == ReviewState.CHILD_SAFETY:
            reviews.hold(heir, because=f"the same bytes as {source.image_id}")
        else:
            reviews.follow(heir, source)


def take_back(record: Image) -> None:
    """Remove from CloudFront what was delivered of an image before it was rejected. Nothing is deleted."""
    is_gone = record.review in {ReviewState.REJECTED, ReviewState.CHILD_SAFETY}
    if is_gone and verdicts.was_let_out(audit.trail(record)):
        cdn.invalidate(record)


def blur(record: Image) -> None:
    """Make the rendition that reviewers see first, of the large thumbnail; nothing when there is none."""
    thumbnail = record.rendition("large")
    data = storage.fetch_rendition(record.image_id, thumbnail) if thumbnail else None
    if data is None:
        return

    from media_pipeline import imaging  # noqa: PLC0415 - the web's package has no imaging libraries, and never blurs

    pixels = imaging.blurred(imaging.open(data, max_pixels=1_000_000).decode())
    encoded = imaging.encode_jpeg(pixels, quality=BLUR_QUALITY)
    storage.put_rendition(
        record.image_id, Rendition(BLURRED, "jpeg", pixels.width, pixels.height, len(encoded)), encoded
    )


# Images that the machines could not finish


def failed(most: int) -> list[Image]:
    """The newest images that ended without a result."""
    with aws.temporary_errors("DynamoDB"):
        found = Image.unfinished_index.query(FAILED, scan_index_forward=False, limit=most)
        return Image.load_many([item.image_id for item in found])


def unfinished(most: int) -> list[Image]:
    """The oldest images that the pipeline still owes something."""
    ids: list[str] = []
    with aws.temporary_errors("DynamoDB"):
        for shard in range(UNFINISHED_SHARDS):
            ids += [item.image_id for item in Image.unfinished_index.query(str(shard), limit=most)]
    return Image.load_many(sorted(ids)[:most])


def count_unfinished() -> int:
    with aws.temporary_errors("DynamoDB"):
        return sum(Image.unfinished_index.count(str(shard)) for shard in range(UNFINISHED_SHARDS))


def retry(image_id: str) -> bool:
    """Let a failed image be processed from the start, or a stuck one go on; False when there is nothing to do."""
    if not ledger.reopen(image_id):
        record = Image.load(image_id)
        if record is None or record.unfinished is None:
            return False
    retry_queue.send(image_id)
    return True


def queue_depths() -> tuple[int, int, int]:
    """How many messages wait in the retry queue, as tasks and among the dead letters; SQS's own estimates."""
    return _depth(conf.retry_queue_url), _depth(conf.tasks_queue_url), _depth(conf.dead_letters_url)


def _depth(url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    with aws.temporary_errors("SQS"):
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(answer["Attributes"].get(name, 0)) for name in names)

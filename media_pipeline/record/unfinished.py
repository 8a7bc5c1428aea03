"""Images that the machines could not finish, and how much waits for them."""

from __future__ import annotations

from media_pipeline.aws import clients as aws
from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf
from media_pipeline.record import ledger
from media_pipeline.record.models import FAILED, UNFINISHED_SHARDS, Image


def failed(most: int) -> list[Image]:
    """The newest images that ended without a result."""
    found = Image.unfinished_index.query(FAILED, scan_index_forward=False, limit=most)
    return Image.load_many([item.image_id for item in found])


def unfinished(most: int) -> list[Image]:
    """The oldest images that the pipeline still owes something."""
    ids: list[str] = []
    for shard in range(UNFINISHED_SHARDS):
        ids += [item.image_id for item in Image.unfinished_index.query(str(shard), limit=most)]
    return Image.load_many(sorted(ids)[:most])


def count_unfinished() -> int:
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

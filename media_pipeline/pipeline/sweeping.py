"""What nobody else would find: images that a crash left unfinished, uploads that never came, trash that is due."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from secrets import SystemRandom

from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf
from media_pipeline.images import erasure
from media_pipeline.record import ledger
from media_pipeline.record.models import UNFINISHED_SHARDS, Image, Term
from media_pipeline.review import rejudging
from media_pipeline.search import terms
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger

NOTIFICATION_DELAY = dt.timedelta(minutes=2)  # S3 announces within seconds, sometimes a minute
DAYS_A_SWEEP, IMAGES_A_DAY = 50, 100  # of the trash; the sweep comes again in five minutes
RETRY_EXPECTED = dt.timedelta(hours=1)  # how long a message may wait in a busy queue before it is sent once more


def sweep(*, seconds: float) -> dict[str, int]:
    """Look at everything unfinished, for at most that long: {"resumed", "abandoned", "purged", "rejudged": count}.

    Each kind of work has a share of the time, so that a backlog of one does not keep the others from being done.
    """
    start = time.monotonic()
    counts: Counter[str] = Counter(resumed=0, abandoned=0, purged=0, rejudged=0)
    for record in _unfinished():
        try:
            counts[_attend_to(record)] += 1
        except Exception:  # noqa: BLE001 - the images behind this one must not wait for ever
            logger.exception("image not swept", image_id=record.image_id)
        if time.monotonic() > start + 0.6 * seconds:
            break
    counts["purged"] = _purge_trash(start + 0.8 * seconds)
    counts["rejudged"] = rejudging.go_on(deadline=start + seconds)
    counts.pop("", None)
    logger.info("swept", counts=dict(counts))
    return dict(counts)


def _unfinished() -> Iterator[Image]:
    """Shard by shard, in another order each time: in a backlog too long for one sweep, every shard has its turn."""
    for shard in SystemRandom().sample(range(UNFINISHED_SHARDS), UNFINISHED_SHARDS):
        ids = [item.image_id for item in Image.unfinished_index.query(str(shard))]
        for start in range(0, len(ids), 100):  # one read at a time: the first are attended to before the last are read
            yield from Image.load_many(ids[start : start + 100])


def _attend_to(record: Image) -> str:
    """What was done about one unfinished image; "" when somebody works on it, or it is young."""
    now = dt.datetime.now(dt.UTC)
    if record.lease_until is not None and record.lease_until > now.timestamp():
        return ""
    age = now - record.created_at
    if age < NOTIFICATION_DELAY:
        return ""
    if record.version_id is None and buckets.first_version(record.object_key) is None:
        if age.total_seconds() < conf.upload_abandoned_seconds:
            return ""
        erasure.erase(record)
        return "abandoned"
    retry_queue.send(record.image_id)
    ledger.expect_retry(record, within=RETRY_EXPECTED)
    return "resumed"


def _purge_trash(deadline: float) -> int:
    """Erase what was put into the trash so long ago that its days are over; oldest first, however late."""
    purged = 0
    due = (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=conf.trash_days)).isoformat()
    listed = Term.query(f"{terms.TRASH}|{terms.DAYS}", Term.image_id <= due, limit=DAYS_A_SWEEP)
    days = [item.image_id for item in listed]
    for day in days:
        ids = [item.image_id for item in Term.query(f"{terms.TRASH}|{day}", limit=IMAGES_A_DAY)]
        if not ids:
            terms.remove(terms.TRASH, [terms.DAYS], day)  # nothing more can come: only today gets new entries
        for image_id in ids:
            if time.monotonic() > deadline:
                return purged
            try:
                purged += _purge(image_id, day)
            except Exception:  # noqa: BLE001 - as above; it stays due, and is tried again by the next sweep
                logger.exception("image not purged", image_id=image_id)
    return purged


def _purge(image_id: str, day: str) -> bool:
    record = Image.load(image_id)  # as of now: it may just have been restored, and what is erased is gone for good
    is_due = record is not None and bool(record.deleted_at) and record.deleted_at[:10] <= day
    if record is not None and is_due:
        erasure.erase(record)
    terms.remove(terms.TRASH, [day], image_id)
    return is_due

"""Nothing stays unfinished for ever: what the schedule finds, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from ulid import ULID

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.images import use_cases
from media_pipeline.pipeline import run, sweeping
from media_pipeline.record.models import Image, Status, Term, original_key
from media_pipeline.search import pages, terms
from tests.support import hooks
from tests.support.pictures import make_jpeg
from tests.support.uploads import processed, reread, stored
from tests.support.waiting import HANGS

pytestmark = pytest.mark.usefixtures("aws", "empty_queues")


def announced_before(*, owner: str = "sweeper", **age: float) -> Image:
    born = dt.datetime.now(dt.UTC) - dt.timedelta(**age)
    image_id = str(ULID.from_datetime(born))
    record = Image(image_id, owner=owner, library=owner, filename="a.jpg", content_type="image/jpeg", bytes=1)
    terms.write(owner, terms.described_terms(record), image_id)
    record.create()
    return record


def swept(record: Image) -> list[str]:
    """Which images the sweep put into the retry queue, `record` being of interest."""
    sent: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(params["MessageBody"])

    with hooks.registered(["sqs"], "provide-client-params.{}.SendMessage", note):
        sweeping.sweep(seconds=HANGS)
    return [body for body in sent if record.image_id in body]


def test_an_upload_under_way_is_left_alone() -> None:
    record = announced_before(minutes=10)
    assert not swept(record)
    assert reread(record).status is Status.UPLOADING


def test_an_image_at_work_is_left_alone() -> None:
    record = announced_before(minutes=10)
    version = stored(make_jpeg(), original_key(record.image_id))
    record.update(
        [Image.version_id.set(version.version_id), Image.lease.set("x"), Image.lease_until.set(int(time.time()) + 60)]
    )
    assert not swept(record)


def test_an_image_whose_retry_is_under_way_is_left_alone() -> None:
    record = announced_before(minutes=10)
    version = stored(make_jpeg(), original_key(record.image_id))
    with hooks.failing("s3.PutObject", times=99):
        run.process_object(version)
    assert not swept(record)


def test_an_image_in_the_retry_queue_is_not_sent_again() -> None:
    record = announced_before(minutes=10)
    version = stored(make_jpeg(), original_key(record.image_id))
    record.update([Image.version_id.set(version.version_id), Image.lease.set("dead"), Image.lease_until.set(1)])
    assert len(swept(record)) == 1
    assert not swept(record)
    record.update([Image.lease_until.set(1)])
    assert len(swept(record)) == 1


def test_an_image_that_cannot_be_swept_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [announced_before(minutes=10) for _ in range(2)]
    for record in records:
        stored(make_jpeg(), original_key(record.image_id))
    attend_to = sweeping._attend_to

    def break_on_the_first(record: Image) -> str:
        if record.image_id == records[0].image_id:
            raise ZeroDivisionError
        return attend_to(record)

    monkeypatch.setattr(sweeping, "_attend_to", break_on_the_first)
    monkeypatch.setattr(sweeping, "_unfinished", lambda: iter(records))
    assert swept(records[1])


def test_an_upload_whose_notification_was_lost_is_resumed() -> None:
    record = announced_before(minutes=10)
    stored(make_jpeg(), original_key(record.image_id))
    assert swept(record)
    run.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_what_a_crash_left_is_resumed_when_its_lease_is_over() -> None:
    record = announced_before(minutes=10)
    version = stored(make_jpeg(), original_key(record.image_id))
    record.update([Image.version_id.set(version.version_id), Image.lease.set("dead"), Image.lease_until.set(1)])
    assert swept(record)
    run.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_an_upload_that_never_came_is_removed_after_a_day() -> None:
    record = announced_before(owner="nobody", seconds=conf.upload_abandoned_seconds + 60)
    assert not swept(record)
    assert Image.load(record.image_id) is None
    assert not pages.page("nobody", terms.ALL, size=5).images


@pytest.mark.parametrize("days_late", [0, 2, 400])
def test_trash_is_erased_after_its_days(days_late: int) -> None:
    """However late the sweep is."""
    record = processed(make_jpeg(), owner="trudy")
    use_cases.delete(Reader("trudy"), record.image_id)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=conf.trash_days + days_late)
    day = long_ago.date().isoformat()
    record.update([Image.deleted_at.set(long_ago.isoformat(timespec="seconds"))])
    terms.write(terms.TRASH, [terms.DAYS], day)
    terms.write(terms.TRASH, [day], record.image_id)
    assert sweeping.sweep(seconds=HANGS)["purged"] == 1
    assert Image.load(record.image_id) is None
    assert not list(Term.query(f"{terms.TRASH}|{day}"))
    sweeping.sweep(seconds=HANGS)
    assert day not in terms.ids(terms.TRASH, terms.DAYS, limit=100)


def test_a_day_on_which_something_was_deleted_is_due_in_its_turn() -> None:
    record = processed(make_jpeg(), owner="trudy")
    use_cases.delete(Reader("trudy"), record.image_id)
    assert str(reread(record).deleted_at)[:10] in terms.ids(terms.TRASH, terms.DAYS, limit=100)


def test_trash_that_was_restored_is_kept() -> None:
    record = processed(make_jpeg(), owner="rita")
    due = (dt.datetime.now(dt.UTC) - dt.timedelta(days=conf.trash_days)).date().isoformat()
    terms.write(terms.TRASH, [terms.DAYS], due)
    terms.write(terms.TRASH, [due], record.image_id)
    sweeping.sweep(seconds=HANGS)
    assert reread(record).status is Status.READY

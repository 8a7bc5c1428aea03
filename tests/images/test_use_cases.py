"""The use cases, called as the API and the library call them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from media_pipeline.access.readers import ANONYMOUS, Reader
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError, TooLargeError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.intake import descriptions, uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.models import FAILED, Image, Status, Term, new_image_id
from media_pipeline.search import terms
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import make_jpeg
from tests.support.pipeline import erase
from tests.support.uploads import processed, reread

pytestmark = pytest.mark.usefixtures("aws")
MODERATOR = Reader("m", frozenset({"moderator"}))


@pytest.fixture
def alice() -> Reader:
    """Somebody new, so that the library is empty."""
    return Reader(new_image_id())


def announcement(*, size: int = 1000, title: str | None = None, tags: list[str] | None = None) -> Announcement:
    return Announcement("a.jpg", "image/jpeg", size, title=title, tags=tags or [])


def announced(reader: Reader, *, tags: list[str] | None = None) -> Image:
    return uploading.start_upload(reader, announcement(tags=tags))[0]


def carriers(reader: Reader, term: str) -> list[str]:
    return [item.image_id for item in Term.query(f"{reader.id}|{term}")]


# What must not happen


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Announcement("a.svg", "image/svg+xml", 10), "content_type"),
        (Announcement("a.jpg", "image/jpeg", 0), "bytes"),
        (announcement(title="x" * 201), "title"),
        (announcement(tags=["x"] * 51), "tags"),
        (announcement(tags=["x" * 101]), "tags"),
    ],
)
def test_what_is_refused_leaves_no_record(alice: Reader, wrong: Announcement, field: str) -> None:
    with hooks.counted_calls() as calls, pytest.raises(InvalidRequestError) as refused:
        uploading.start_upload(alice, wrong)
    assert refused.value.field == field
    assert not calls


def test_each_way_in_has_its_own_limit(alice: Reader) -> None:
    with pytest.raises(TooLargeError, match=r"4\.1 MB is over the limit of 4 MB\. Larger files go straight to S3"):
        uploading.upload(alice, announcement(size=conf.api_upload_max_bytes + 1), b"")
    with pytest.raises(TooLargeError, match=r"50\.1 MB is over the limit of 50 MB\.$"):
        uploading.start_upload(alice, announcement(size=conf.upload_max_bytes + 1))
    uploading.start_upload(alice, announcement(size=conf.upload_max_bytes))


@pytest.mark.parametrize(
    "image_id", ["", "1", "\0", "x" * 3000, "01arz3ndektsv4rrffq69g5fav", "Z" * 26, "01M844H4G0EBVJQV6MB9255P86"]
)
def test_an_id_that_is_none_finds_nothing(alice: Reader, image_id: str) -> None:
    for look in (use_cases.get, use_cases.edit, use_cases.delete, use_cases.restore, use_cases.retry):
        with pytest.raises(NotFoundError):
            look(alice, image_id, Edit()) if look is use_cases.edit else look(alice, image_id)  # type: ignore[operator]


def test_the_owner_changes_and_owner_and_reviewers_read(alice: Reader) -> None:
    image_id = announced(alice).image_id
    assert use_cases.get(MODERATOR, image_id).owner == alice.id
    for reader in (MODERATOR, Reader("bob"), ANONYMOUS):
        for change in (use_cases.delete, use_cases.restore, use_cases.retry):
            with pytest.raises(NotFoundError):
                change(reader, image_id)
    for reader in (Reader("bob"), ANONYMOUS):
        with pytest.raises(NotFoundError):
            use_cases.get(reader, image_id)


@pytest.mark.parametrize("changes", [Edit(title="x" * 201), Edit(caption="x" * 2001), Edit(tags=["x" * 101])])
def test_an_edit_that_is_too_long_is_refused(alice: Reader, changes: Edit) -> None:
    record = announced(alice)
    with pytest.raises(InvalidRequestError):
        use_cases.edit(alice, record.image_id, changes)
    assert reread(record).revision == record.revision


def test_bytes_only_announced_give_no_verdict(alice: Reader) -> None:
    announced = Announcement("a.jpg", "image/jpeg", 10, sha256="e" * 64)
    uploading.start_upload(alice, announced)
    assert not terms.with_content("e" * 64)
    assert uploading.import_file(alice, announced, b"0123456789")
    assert len(terms.with_content("e" * 64)) == 1


def test_what_is_in_the_trash_does_not_keep_an_import_out(alice: Reader) -> None:
    announced = Announcement("a.jpg", "image/jpeg", 10, sha256="d" * 64)
    first = uploading.import_file(alice, announced, b"0123456789")
    assert first
    assert first.change([Image.version_id.set("1"), Image.unfinished.remove()], Image.image_id.exists())
    assert uploading.import_file(alice, announced, b"0123456789") is None
    use_cases.delete(alice, first.image_id)
    second = uploading.import_file(alice, announced, b"0123456789")
    assert second
    assert second.image_id != first.image_id


# What happens


def test_tags_are_trimmed_and_told_apart_by_their_meaning() -> None:
    assert descriptions.clean_tags([" Sea ", "", "  ", "SEA", "Café", "cafe", "Blue  sky"]) == [
        "Sea",
        "Café",
        "Blue sky",
    ]


def test_an_edit_survives_the_pipelines_writes(alice: Reader) -> None:
    record = announced(alice)

    def pipeline_writes() -> None:
        assert Image(record.image_id).change([Image.width.set(800)], Image.image_id.exists())

    with hooks.first("dynamodb.UpdateItem", pipeline_writes) as happened:
        use_cases.edit(alice, record.image_id, Edit(title="Dawn"))
    assert happened
    assert (reread(record).title, reread(record).width) == ("Dawn", 800)


def test_an_edit_meant_for_one_revision_does_not(alice: Reader) -> None:
    record = announced(alice)

    def somebody_writes() -> None:
        assert Image(record.image_id).change([Image.title.set("Dusk")], Image.image_id.exists())

    with hooks.first("dynamodb.UpdateItem", somebody_writes), pytest.raises(ConflictError):
        use_cases.edit(alice, record.image_id, Edit(title="Dawn"), if_revision=record.revision)
    assert reread(record).title == "Dusk"


def test_an_edit_of_what_is_purged_meanwhile_writes_nothing(alice: Reader) -> None:
    """Old words that stayed would lead to the image after it is erased: its record would not know of them any more."""
    record = announced(alice, tags=["Sea"])

    def purge() -> None:
        use_cases.delete(alice, record.image_id)
        use_cases.purge(alice, record.image_id)

    with hooks.first("dynamodb.UpdateItem", purge), pytest.raises(NotFoundError):
        use_cases.edit(alice, record.image_id, Edit(tags=["Dawn"]))
    purged = reread(record)
    assert purged.tags == ["Sea"]
    erase(purged)
    assert carriers(alice, "word:sea") == []


def test_new_tags_are_found_and_old_ones_no_longer(alice: Reader) -> None:
    record = announced(alice, tags=["Sea", "Sky"])
    use_cases.edit(alice, record.image_id, Edit(tags=["sky", "Dawn"]))
    found = {tag: carriers(alice, f"word:{tag}") for tag in ("sea", "sky", "dawn")}
    assert found == {"sea": [], "sky": [record.image_id], "dawn": [record.image_id]}


def test_the_trash_holds_an_image_until_it_is_restored(alice: Reader) -> None:
    record = announced(alice)
    today = datetime.now(UTC).date().isoformat()
    use_cases.delete(alice, record.image_id)
    assert use_cases.get(alice, record.image_id).status is Status.DELETED
    assert carriers(alice, terms.TRASH) == [record.image_id]
    assert record.image_id in carriers(Reader(terms.TRASH), today)
    deleted_at = reread(record).deleted_at
    use_cases.delete(alice, record.image_id)
    assert reread(record).deleted_at == deleted_at
    use_cases.restore(alice, record.image_id)
    assert use_cases.get(alice, record.image_id).status is Status.UPLOADING
    assert carriers(alice, terms.TRASH) == []
    assert record.image_id not in carriers(Reader(terms.TRASH), today)


def test_an_image_deleted_while_restored_is_in_the_trash(alice: Reader) -> None:
    record = announced(alice)
    today = datetime.now(UTC).date().isoformat()
    use_cases.delete(alice, record.image_id)
    with hooks.first("dynamodb.BatchWriteItem", lambda: use_cases.delete(alice, record.image_id)) as happened:
        use_cases.restore(alice, record.image_id)  # its record is restored, its entries are about to be removed
    assert happened
    assert reread(record).deleted_at
    assert carriers(alice, terms.TRASH) == [record.image_id]
    assert record.image_id in carriers(Reader(terms.TRASH), today)


def test_an_image_restored_while_deleted_is_in_the_trash(alice: Reader) -> None:
    record = announced(alice)
    use_cases.delete(alice, record.image_id)
    before = reread(record)

    def the_restore_removes_its_entries() -> None:
        terms.remove(alice.id, [terms.TRASH], record.image_id)
        terms.remove(terms.TRASH, [str(before.deleted_at)[:10]], record.image_id)

    assert before.change([Image.deleted_at.remove()], Image.deleted_at.exists())
    with hooks.first("dynamodb.UpdateItem", the_restore_removes_its_entries) as happened:
        use_cases.delete(alice, record.image_id)
    assert happened
    assert carriers(alice, terms.TRASH) == [record.image_id]
    assert record.image_id in carriers(Reader(terms.TRASH), str(reread(record).deleted_at)[:10])


def test_an_image_purged_while_it_is_restored_is_said_to_be_gone(alice: Reader) -> None:
    record = announced(alice)
    use_cases.delete(alice, record.image_id)
    with hooks.first("dynamodb.UpdateItem", lambda: erase(reread(record))), pytest.raises(NotFoundError):
        use_cases.restore(alice, record.image_id)
    assert Image.load(record.image_id) is None


def test_deleting_and_restoring_leaves_a_failed_image_failed(alice: Reader) -> None:
    record = processed(b"this is no picture", owner=alice.id)
    use_cases.delete(alice, record.image_id)
    assert use_cases.restore(alice, record.image_id).status is Status.FAILED


def test_a_list_has_one_page_after_the_other(alice: Reader) -> None:
    ids = [announced(alice).image_id for _ in range(5)][::-1]
    first = use_cases.list_images(alice, size=2)
    second = use_cases.list_images(alice, size=2, after=first.next)
    back = use_cases.list_images(alice, size=2, before=second.previous)
    assert [image.image_id for page in (first, second, back) for image in page.images] == ids[:4] + ids[:2]


def test_a_list_can_be_of_one_status(alice: Reader) -> None:
    kept, deleted = announced(alice), announced(alice)
    use_cases.delete(alice, deleted.image_id)
    listed = {
        status: [image.image_id for image in use_cases.list_images(alice, size=9, status=status).images]
        for status in (None, Status.UPLOADING, Status.DELETED, Status.READY)
    }
    assert listed == {
        None: [kept.image_id],
        Status.UPLOADING: [kept.image_id],
        Status.DELETED: [deleted.image_id],
        Status.READY: [],
    }


def test_a_retry_goes_through_the_queue(alice: Reader) -> None:
    record = processed(b"this is no picture", owner=alice.id)
    assert record.unfinished == FAILED
    sqs = EMULATOR.root_client("sqs")
    sqs.purge_queue(QueueUrl=conf.retry_queue_url)
    assert use_cases.retry(alice, record.image_id).status is Status.PROCESSING
    messages = sqs.receive_message(QueueUrl=conf.retry_queue_url, WaitTimeSeconds=2, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"]) for message in messages] == [{"image_id": record.image_id}]


def test_a_download_has_an_address_when_there_is_a_file(alice: Reader) -> None:
    record = processed(make_jpeg(), owner=alice.id)
    assert use_cases.download_url(alice, record.image_id, "jpeg")
    for reader, name in ((alice, "huge"), (Reader("bob"), "jpeg")):
        with pytest.raises(NotFoundError):
            use_cases.download_url(reader, record.image_id, name)

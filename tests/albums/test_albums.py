"""Albums: what is in them, in which order, and what becomes of it when an image goes away."""

from __future__ import annotations

import random

import pytest

from media_pipeline.access.readers import ANONYMOUS, Reader
from media_pipeline.albums import albums, places
from media_pipeline.albums.places import Album
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.models import Image, Term, new_image_id
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Verdict
from media_pipeline.search import terms
from media_pipeline.search.query import SearchQuery
from tests.support import hooks
from tests.support.pipeline import erase
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def alice() -> Reader:
    return Reader(new_image_id())


def photos(reader: Reader, count: int) -> list[str]:
    made = []
    for number in range(count):
        record, _ = uploading.start_upload(reader, Announcement(f"{number}.jpg", "image/jpeg", 1000))
        assert record.change([Image.version_id.set("1"), Image.unfinished.remove()], Image.image_id.exists())
        made.append(record.image_id)
    return made


def shown(album: Album, *, size: int = 50) -> list[str]:
    """All of it, page by page."""
    found: list[str] = []
    page = places.contents(album, size=size)
    while True:
        found += [record.image_id for record in page.images]
        if page.next is None:
            return found
        page = places.contents(album, size=size, after=page.next)


def traces(reader: Reader, album: Album) -> list[str]:
    keys = (f"{reader.id}|order:{album.album_id}", f"{reader.id}|album:{album.album_id}")
    return [item.image_id for key in keys for item in Term.query(key)]


@pytest.fixture
def album(alice: Reader) -> Album:
    return albums.create(alice, "  Summer \x00 2026 ")


# What must not happen


@pytest.mark.parametrize("name", ["", "   ", "\x00\x07", "x" * 101])
def test_an_album_without_a_sensible_name_is_not_made(alice: Reader, name: str) -> None:
    with pytest.raises(InvalidRequestError):
        albums.create(alice, name)
    assert albums.listed(alice) == ([], None)


@pytest.mark.parametrize("reader", [Reader("bob"), Reader("m", frozenset({"moderator"})), ANONYMOUS])
def test_to_everybody_else_it_does_not_exist(alice: Reader, album: Album, reader: Reader) -> None:
    [image_id] = photos(alice, 1)
    albums.add(alice, album.album_id, [image_id])
    for call in (
        lambda: albums.get(reader, album.album_id),
        lambda: albums.edit(reader, album.album_id, name="Mine"),
        lambda: albums.delete(reader, album.album_id),
        lambda: albums.add(reader, album.album_id, [image_id]),
        lambda: albums.remove(reader, album.album_id, [image_id]),
        lambda: albums.move(reader, album.album_id, image_id, before=None),
    ):
        with pytest.raises(NotFoundError):
            call()
    assert shown(album) == [image_id]


@pytest.mark.parametrize("album_id", ["", "x", "' OR 1=1", "\x00", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 10_000])
def test_a_hostile_id_is_an_unknown_one(alice: Reader, album_id: str) -> None:
    with pytest.raises(NotFoundError):
        albums.get(alice, album_id)


def test_the_photos_of_other_people_do_not_get_in(alice: Reader, album: Album) -> None:
    [theirs] = photos(Reader("bob"), 1)
    assert albums.add(alice, album.album_id, [theirs, new_image_id(), "x"]) == []
    assert shown(album) == []
    assert reread(Image(theirs)).albums is None


def test_an_album_that_is_full_takes_no_more(alice: Reader, album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "MAX_IMAGES", 2)
    ids = photos(alice, 3)
    with pytest.raises(ConflictError, match="up to 2 photos"):
        albums.add(alice, album.album_id, ids)
    assert shown(album) == []


# What happens


def test_photos_stand_in_the_order_of_adding_once_each(alice: Reader, album: Album) -> None:
    ids = photos(alice, 5)
    assert albums.add(alice, album.album_id, [ids[3], ids[1], ids[3]]) == [ids[3], ids[1]]
    assert albums.add(alice, album.album_id, [ids[1], ids[4]]) == [ids[4]]
    assert shown(album, size=2) == [ids[3], ids[1], ids[4]]
    now = albums.get(alice, album.album_id)
    assert (now.name, now.size, now.cover) == ("Summer 2026", 3, ids[3])


def test_moves_give_the_order_that_a_list_would_have(alice: Reader, album: Album) -> None:
    dice = random.Random(1)  # noqa: S311 - no secret
    order = photos(alice, 8)
    albums.add(alice, album.album_id, order)
    for _ in range(40):
        moved, before = dice.sample([*order, None], 2)
        if moved is None:
            continue
        albums.move(alice, album.album_id, moved, before=before)
        order.remove(moved)
        order.insert(len(order) if before is None else order.index(before), moved)
        assert shown(album) == order
    assert len(traces(alice, album)) == 16


def test_a_move_that_was_interrupted_shows_nothing_twice(alice: Reader, album: Album) -> None:
    ids = photos(alice, 3)
    albums.add(alice, album.album_id, ids)
    Term(f"{alice.id}|order:{album.album_id}", f"00G.{ids[2]}").save()
    assert shown(album) == ids


def test_what_is_taken_out_is_out_and_no_cover_any_more(alice: Reader, album: Album) -> None:
    ids = photos(alice, 3)
    albums.add(alice, album.album_id, ids)
    assert albums.remove(alice, album.album_id, [ids[0], ids[0], new_image_id()]) == [ids[0]]
    now = albums.get(alice, album.album_id)
    assert (shown(album), now.size, now.cover) == (ids[1:], 2, None)
    assert ids[0] not in "".join(traces(alice, album))
    assert reread(Image(ids[0])).albums is None


def test_the_cover_is_one_of_its_photos(alice: Reader, album: Album) -> None:
    ids = photos(alice, 2)
    albums.add(alice, album.album_id, ids[:1])
    with pytest.raises(InvalidRequestError):
        albums.edit(alice, album.album_id, cover=ids[1])
    albums.add(alice, album.album_id, ids[1:])
    assert albums.edit(alice, album.album_id, cover=ids[1], name="Autumn").cover == ids[1]
    assert albums.get(alice, album.album_id).name == "Autumn"


def test_an_album_is_something_to_search_in(alice: Reader, album: Album) -> None:
    ids = photos(alice, 3)
    albums.add(alice, album.album_id, [ids[2], ids[0]])
    use_cases.edit(alice, ids[0], Edit(title="Harbour"))

    def found(**asked: str) -> list[str]:
        page = use_cases.search(alice, SearchQuery(album=album.album_id, **asked), size=9)  # type: ignore[arg-type]
        return [record.image_id for record in page.images]

    assert (found(), found(q="harbour")) == ([ids[2], ids[0]], [ids[0]])


def test_a_deleted_photo_leaves_and_comes_back_to_its_place(alice: Reader, album: Album) -> None:
    """It leaves with the one write that deletes it."""
    ids = photos(alice, 3)
    albums.add(alice, album.album_id, ids)
    use_cases.delete(alice, ids[1])
    assert shown(album) == [ids[0], ids[2]]
    use_cases.restore(alice, ids[1])
    assert shown(album) == ids


def test_a_rejected_photo_leaves_at_once(alice: Reader, album: Album) -> None:
    ids = photos(alice, 2)
    albums.add(alice, album.album_id, ids)
    flagged = acts.flag(reread(Image(ids[0])), [Flag(FlagKind.LABEL, "Explicit", 97.0)])
    acts.decide(flagged, Verdict(Outcome.REMOVE), by="mod")
    assert shown(album) == [ids[1]]
    with pytest.raises(InvalidRequestError):
        albums.edit(alice, album.album_id, cover=ids[0])


def test_a_long_run_of_hidden_photos_is_passed_over(
    alice: Reader, album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "MAX_AT_ONCE", 2)
    ids = photos(alice, 9)
    for image_id in ids:
        albums.add(alice, album.album_id, [image_id])
    for image_id in ids[1:6]:
        use_cases.delete(alice, image_id)
    assert shown(album, size=1) == [ids[0], *ids[6:]]


def test_an_erased_photo_leaves_no_trace(alice: Reader, album: Album) -> None:
    ids = photos(alice, 2)
    albums.add(alice, album.album_id, ids)
    erase(reread(Image(ids[0])))
    assert ids[0] not in "".join(traces(alice, album))
    now = albums.get(alice, album.album_id)
    assert (now.size, now.cover) == (1, None)


@pytest.mark.parametrize("leaves", ["erased", "taken out", "with the album"])
def test_what_an_interrupted_move_left_goes_with_the_photo(alice: Reader, album: Album, leaves: str) -> None:
    ids = photos(alice, 2)
    albums.add(alice, album.album_id, ids)
    Term(f"{alice.id}|order:{album.album_id}", f"00G.{ids[0]}").save()
    if leaves == "erased":
        erase(reread(Image(ids[0])))
    elif leaves == "taken out":
        albums.remove(alice, album.album_id, ids[:1])
    else:
        albums.delete(alice, album.album_id)
    assert ids[0] not in "".join(traces(alice, album))


def test_a_photo_erased_while_it_is_added_leaves_none_either(alice: Reader, album: Album) -> None:
    ids = photos(alice, 2)

    def erased() -> None:
        terms.remove(alice.id, terms.described_terms(reread(Image(ids[0]))), ids[0])
        Image(ids[0]).delete()

    with hooks.first("dynamodb.UpdateItem", erased) as happened:
        assert albums.add(alice, album.album_id, ids) == [ids[1]]
    assert happened
    assert Image.load(ids[0]) is None
    assert ids[0] not in "".join(traces(alice, album))


def test_a_deleted_album_leaves_its_photos_and_nothing_else(alice: Reader, album: Album) -> None:
    ids = photos(alice, 3)
    other = albums.create(alice, "Other")
    for each in (album, other):
        albums.add(alice, each.album_id, ids)
    albums.delete(alice, album.album_id)
    assert traces(alice, album) == []
    assert [each.name for each in albums.listed(alice)[0]] == ["Other"]
    assert [list(record.rank_by_album) for record in Image.load_many(ids)] == [[other.album_id]] * 3
    assert use_cases.search(alice, SearchQuery(album=album.album_id), size=9).images == []


def test_albums_are_listed_newest_first_in_pages(alice: Reader) -> None:
    for name in ("One", "Two", "Three"):
        albums.create(alice, name)
    first, after = albums.listed(alice, size=2)
    second, end = albums.listed(alice, size=2, after=after)
    assert [album.name for album in first + second] == sorted(
        ["One", "Two", "Three"], key=["Three", "Two", "One"].index
    )
    assert end is None


def test_a_page_of_an_album_is_one_query_and_one_batch(alice: Reader, album: Album) -> None:
    albums.add(alice, album.album_id, photos(alice, 5))
    with hooks.counted_calls() as calls:
        places.contents(album, size=3)
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1}


def test_photos_that_the_pipeline_writes_to_meanwhile_get_in(alice: Reader, album: Album) -> None:
    ids = photos(alice, 1)

    def pipeline_writes() -> None:
        assert Image(ids[0]).change([Image.width.set(800)], Image.image_id.exists())

    with hooks.first("dynamodb.UpdateItem", pipeline_writes) as happened:
        assert albums.add(alice, album.album_id, ids) == ids
    assert happened
    assert reread(Image(ids[0])).width == 800

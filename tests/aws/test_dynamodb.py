"""The few ways in which items are read and written: what is an answer, what is an error, and what time can heal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ulid import ULID

import media_pipeline
from media_pipeline.albums.places import Album
from media_pipeline.errors import ConflictError, TemporaryError
from media_pipeline.intake.tombstones import Tombstone
from media_pipeline.record.models import Image, Term
from tests.support import hooks
from tests.support.uploads import announced, reread

pytestmark = pytest.mark.usefixtures("aws")


def tombstone() -> Tombstone:
    return Tombstone(f"erased|{ULID()}", at="2026-12-01")


def test_what_is_not_there_is_none() -> None:
    assert Tombstone.load("erased|nobody") is None
    assert Image.load(str(ULID())) is None


def test_a_key_is_taken_once() -> None:
    first = tombstone()
    assert first.create()
    assert not Tombstone(first.pk, at="later").create()
    found = Tombstone.load(first.pk)
    assert found is not None
    assert found.at == "2026-12-01"


def test_a_change_creates_nothing() -> None:
    assert not tombstone().change([Tombstone.at.set("now")])


def test_a_condition_that_fails_changes_nothing() -> None:
    item = tombstone()
    assert item.create()
    assert not item.change([Tombstone.at.set("now")], Tombstone.at == "another time")
    assert not item.put_if(Tombstone.at == "another time")
    assert not item.delete_if(Tombstone.at == "another time")
    found = Tombstone.load(item.pk)
    assert found is not None
    assert found.at == "2026-12-01"


def test_many_are_read_in_the_order_asked_for() -> None:
    """As many calls as there are hundreds; those that do not exist are left out, and none comes twice."""
    made = [tombstone() for _ in range(230)]
    with Tombstone.batch_write() as batch:
        for item in made:
            batch.save(item)
    keys = [item.pk for item in reversed(made)]
    with hooks.counted_calls() as calls:
        found = Tombstone.load_many([*keys, "erased|nobody", keys[0]])
    assert [item.pk for item in found] == keys
    assert calls["dynamodb.BatchGetItem"] == 3


@pytest.mark.parametrize(
    ("operation", "act"),
    [
        ("GetItem", lambda: Tombstone.load("erased|x")),
        ("BatchGetItem", lambda: Album.load_many([str(ULID())])),
        ("PutItem", lambda: tombstone().create()),
        ("UpdateItem", lambda: tombstone().change([Tombstone.at.set("now")])),
        ("DeleteItem", lambda: tombstone().delete()),
        ("Query", lambda: list(Term.query("nothing|here"))),
        ("Query", lambda: Term.count("nothing|here")),
    ],
)
def test_what_time_can_heal_says_so(operation: str, act: Callable[[], object]) -> None:
    with hooks.failing(f"dynamodb.{operation}", times=9), pytest.raises(TemporaryError, match="DynamoDB"):
        act()


def test_a_later_page_is_translated_too() -> None:
    """A query is read lazily: its second page is asked for long after whoever made it has returned."""
    key = f"pages|{ULID()}"
    with Term.batch_write() as batch:
        for number in range(3):
            batch.save(Term(key, str(number)))
    found = iter(Term.query(key, page_size=1))
    next(found)
    with hooks.failing("dynamodb.Query", times=9), pytest.raises(TemporaryError):
        next(found)


def test_amending_plans_anew_on_what_others_left() -> None:
    record = announced()

    def interfere() -> None:
        assert reread(record).change([Image.caption.set("theirs")], Image.image_id.exists())

    with hooks.first("dynamodb.UpdateItem", interfere):
        amended = record.amend(lambda current: [Image.title.set(f"after {current.caption}")])
    assert amended is not None
    assert reread(record).title == "after theirs"


def test_amending_gives_up_when_others_win_each_time() -> None:
    record = announced()

    def overtaken(current: Image) -> list[object]:
        assert reread(current).change([Image.caption.set("theirs")], Image.image_id.exists())
        return [Image.title.set("mine")]

    with pytest.raises(ConflictError):
        record.amend(overtaken)  # type: ignore[arg-type]
    assert reread(record).title is None


def test_amending_what_is_gone_brings_nothing_back() -> None:
    record = announced()
    Image(record.image_id, Image.PART).delete()
    assert record.amend(lambda _: [Image.title.set("mine")]) is None
    assert Image.load(record.image_id) is None


def test_nobody_translates_by_hand() -> None:
    """Whoever writes to DynamoDB goes through media_pipeline/aws/dynamodb.py, which cannot forget it."""
    by_hand = re.compile(
        r'temporary_errors\("DynamoDB"\)|client\("dynamodb"\)|DoesNotExist\b(?!Error)|\b(Put|Update|Delete)Error\b'
    )
    root = Path(media_pipeline.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if by_hand.search(path.read_text()) and path.parent != root / "aws"
    }
    assert found == set()

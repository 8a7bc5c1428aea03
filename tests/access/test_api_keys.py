from __future__ import annotations

import hashlib
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import ApiKey, Scope, all_keys, identify, make, note_use, revoke, revoke_all_of
from media_pipeline.errors import InvalidRequestError, NotFoundError
from media_pipeline.record.models import new_image_id
from tests.support.hooks import counted_calls, failing

pytestmark = pytest.mark.usefixtures("aws")


def new_key(owner: str = "", **said: Any) -> tuple[ApiKey, str]:
    asked = {"name": "Scanner", "scopes": [Scope.WRITE], "days": 30, "made_by": "lead", **said}
    return make(owner=owner or new_image_id(), **asked)


@pytest.mark.parametrize(
    "text",
    ["", "dk_", "dk_000000000000_", "dk__", "x" * 10_000, "dk_000000000000_" + "a" * 43, "dk_00000000000é_" + "a" * 43],
)
def test_what_is_no_key_of_ours_is_nobody(text: str) -> None:
    assert identify(text) is None


def test_another_secret_or_anything_around_it_is_nobody() -> None:
    key, text = new_key()
    assert identify(text)
    other = "0" if text[-1] != "0" else "1"
    for wrong in (text[:-1] + other, text[:-1], text + "0", f" {text}", text + "\n", text.upper()):
        assert identify(wrong) is None, wrong
    assert identify(f"dk_{key.key_id}_{key.digest[:43]}") is None


@pytest.mark.parametrize("text", ["x" * 5000, "\x00", "no such text"])
def test_a_text_that_cannot_be_a_key_is_not_even_looked_up(text: str) -> None:
    with counted_calls() as calls:
        identify(text)
    assert not calls


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_a_key_needs_a_name_a_scope_and_an_end(said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        new_key(**said)
    assert refused.value.field == field


@pytest.mark.parametrize("key_id", ["", "nothing", "0" * 12, "é" * 12, "x" * 5000])
def test_a_key_that_does_not_exist_cannot_be_revoked(key_id: str) -> None:
    with pytest.raises(NotFoundError):
        revoke(key_id)


def test_the_secret_is_stored_nowhere(aws: Emulator) -> None:
    key, text = new_key()
    secret = text.rpartition("_")[2]
    stored = str(aws.root_client("dynamodb").get_item(TableName="darkroom-local-limits", Key={"pk": {"S": key.pk}}))
    assert secret not in stored
    assert hashlib.sha256(secret.encode()).hexdigest() in stored


def test_a_key_acts_for_its_account_within_its_scopes() -> None:
    key, text = new_key(owner="alice", name=" Night  import ", scopes=[Scope.READ, Scope.WRITE])
    known = identify(text)
    assert known
    assert (known.key_id, known.owner, known.name) == (key.key_id, "alice", "Night import")
    assert known.scopes == {"images:read", "images:write"}
    assert known.is_usable


def test_no_two_keys_are_alike() -> None:
    texts = {new_key()[1] for _ in range(5)}
    assert len(texts) == 5


def test_a_revoked_key_is_unusable_at_once_and_stays_so() -> None:
    key, text = new_key()
    first = revoke(key.key_id).revoked_at
    known = identify(text)
    assert known
    assert known.is_revoked
    assert not known.is_usable
    assert revoke(key.key_id).revoked_at == first


def test_an_expired_key_is_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    key, text = new_key(days=1)
    monkeypatch.setattr(api_keys, "_now", lambda: int(key.made_at) + 86_399)
    assert identify(text).is_usable  # type: ignore[union-attr] # it exists
    monkeypatch.setattr(api_keys, "_now", lambda: int(key.made_at) + 86_400)
    assert not identify(text).is_usable  # type: ignore[union-attr] # it exists


def test_all_keys_are_listed_and_gone_ones_leave_the_list(aws: Emulator) -> None:
    kept, gone = new_key()[0], new_key()[0]
    aws.root_client("dynamodb").delete_item(
        TableName="darkroom-local-limits", Key={"pk": {"S": gone.pk}}
    )  # as TTL does
    listed = {key.key_id for key in all_keys()}
    assert kept.key_id in listed
    assert gone.key_id not in listed
    ids = api_keys.KeyIds.get(api_keys.KeyIds.PK, consistent_read=True).ids
    assert gone.key_id not in ids


def test_closing_an_account_ends_its_keys_and_no_others() -> None:
    owner = new_image_id()
    mine, other = [new_key(owner)[0], new_key(owner)[0]], new_key()[0]
    revoke(mine[0].key_id)
    assert [key.key_id for key in revoke_all_of(owner)] == [mine[1].key_id]
    keys = {key.key_id: key for key in all_keys()}
    assert keys[mine[1].key_id].is_revoked
    assert keys[other.key_id].is_usable


def test_the_day_of_the_last_use_costs_one_write_a_day() -> None:
    key, text = new_key()
    with counted_calls() as calls:
        for _ in range(3):
            note_use(identify(text))  # type: ignore[arg-type] # it exists
    assert calls["dynamodb.UpdateItem"] == 1
    assert identify(text).last_used  # type: ignore[union-attr] # it exists
    note_use(key)  # read before the others' use was noted


def test_a_use_that_cannot_be_noted_refuses_nobody() -> None:
    key, _ = new_key()
    with failing("dynamodb.UpdateItem", times=4):
        note_use(key)

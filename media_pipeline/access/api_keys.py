"""Keys with which services call the API: `dk_`, an id that may be seen, and a secret that is shown once.

The prefix lets scanners find keys that leaked. Of the secret only its SHA-256 is kept. It is 256 random bits, so there
is no dictionary to try, and the slow hashes that passwords need would only make every call slow.

DynamoDB is where keys live and SQL knows nothing of them, so that services work on while the database is down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Collection
from enum import StrEnum

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError, TemporaryError
from media_pipeline.telemetry import logger

PREFIX = "dk"
KEY = re.compile(rf"{PREFIX}_([0-9a-z]{{12}})_([0-9A-Za-z]{{43}})")
ID_LETTERS = string.digits + string.ascii_lowercase
SECRET_LETTERS = string.digits + string.ascii_letters  # 43 of 62 letters hold 256 bits
MAX_NAME_LENGTH = 100
MAX_LIFE_DAYS = 366  # days
LISTED_DAYS = 90  # that an expired key can still be seen


class Scope(StrEnum):
    """What a key may do. Neither includes the other: a scanner that only sends may not look around."""

    READ = "images:read"
    WRITE = "images:write"


class ApiKey(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    digest = UnicodeAttribute()
    owner = UnicodeAttribute()  # whose images it is about, as records name their owner
    name = UnicodeAttribute()
    scopes: UnicodeSetAttribute = UnicodeSetAttribute()
    made_by = UnicodeAttribute()
    made_at = NumberAttribute()
    expires_at = NumberAttribute()
    revoked_at = NumberAttribute(null=True)
    last_used = UnicodeAttribute(null=True)  # the day
    ttl = NumberAttribute()

    @property
    def key_id(self) -> str:
        return self.pk.removeprefix("api-key|")

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= _now()

    @property
    def is_usable(self) -> bool:
        return not (self.is_revoked or self.is_expired)


class KeyIds(Item):
    """The ids of all keys: the table has no index to list them by. 400 KB hold more than twenty thousand."""

    class Meta:
        table_name = conf.limits_table
        region = conf.region

    PK = "api-keys"

    pk = UnicodeAttribute(hash_key=True)
    ids: UnicodeSetAttribute = UnicodeSetAttribute(null=True)


def make(*, owner: str, name: str, scopes: Collection[Scope], days: int, made_by: str) -> tuple[ApiKey, str]:
    """A new key, and its text: nobody can see that again."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_LENGTH:
        raise InvalidRequestError(f"A key needs a name of at most {MAX_NAME_LENGTH} characters.", field="name")
    if not scopes:
        raise InvalidRequestError("Choose at least one thing that the key may do.", field="scopes")
    if not 1 <= days <= MAX_LIFE_DAYS:
        raise InvalidRequestError(f"A key lives from 1 to {MAX_LIFE_DAYS} days.", field="days")
    key_id, secret = _random(ID_LETTERS, 12), _random(SECRET_LETTERS, 43)
    now = _now()
    key = ApiKey(
        _pk(key_id),
        digest=_digest(secret),
        owner=owner,
        name=name,
        scopes={scope.value for scope in scopes},
        made_by=made_by,
        made_at=now,
        expires_at=now + days * 86_400,
        ttl=now + (days + LISTED_DAYS) * 86_400,
    )
    if not key.create():
        raise ConflictError("This key could not be made. Try again.")  # another got the same random id
    KeyIds(KeyIds.PK).update([KeyIds.ids.add({key_id})])  # when this fails, the key's secret is never shown to anybody
    return key, f"{PREFIX}_{key_id}_{secret}"


def identify(text: str) -> ApiKey | None:
    """The key of this text, usable or not; None when there is none, or the secret is another.

    Read consistently: a key that was revoked is refused from that moment on.
    """
    match = KEY.fullmatch(text)
    key = _load(match[1]) if match else None
    return key if match and key and hmac.compare_digest(key.digest, _digest(match[2])) else None


def note_use(key: ApiKey) -> None:
    """Remember the day of its last use: at most one write a day. When that fails, the call goes on all the same."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    if key.last_used == today:
        return
    try:
        key.change([ApiKey.last_used.set(today)], ApiKey.last_used != today)
    except TemporaryError as error:
        logger.warning("use of a key not noted", key_id=key.key_id, reason=str(error))


def all_keys() -> list[ApiKey]:
    """Every key, newest first, until some time after it expired."""
    index = KeyIds.load(KeyIds.PK)
    ids = (index.ids if index else None) or set()
    keys = ApiKey.load_many((_pk(key_id) for key_id in ids), consistent=True)
    if gone := ids - {key.key_id for key in keys}:
        KeyIds(KeyIds.PK).update([KeyIds.ids.delete(gone)])
    return sorted(keys, key=lambda key: key.made_at, reverse=True)


def revoke(key_id: str) -> ApiKey:
    """Refuse it from now on; NotFoundError when there is no such key. Revoking again changes nothing."""
    key = _load(key_id) if re.fullmatch(r"[0-9a-z]{12}", key_id) else None
    if key is None:
        raise NotFoundError("There is no such key.")
    if not key.is_revoked:
        key.change([ApiKey.revoked_at.set(_now())])
    return key


def revoke_all_of(owner: str) -> list[ApiKey]:
    """Revoke what an account that is closed had; those that this ended."""
    return [revoke(key.key_id) for key in all_keys() if key.owner == owner and not key.is_revoked]


def delete_all_of(owner: str) -> int:
    """Delete what an account had that is being erased, and its name on keys that it made for others; how many."""
    every = all_keys()
    theirs = [key for key in every if key.owner == owner]
    for key in theirs:
        key.delete()
        KeyIds(KeyIds.PK).update([KeyIds.ids.delete({key.key_id})])
    for key in every:
        if key not in theirs and key.made_by == owner:
            key.change([ApiKey.made_by.set("-")])
    return len(theirs)


def _load(key_id: str) -> ApiKey | None:
    return ApiKey.load(_pk(key_id))


def _pk(key_id: str) -> str:
    return f"api-key|{key_id}"


def _random(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp())

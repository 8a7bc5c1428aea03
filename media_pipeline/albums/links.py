"""Links that open a photo or an album to whoever has them, for some days or until they are revoked.

A link's token is stored only as its hash. The item dies with the link, by DynamoDB's TTL; since that may take two days,
every reading looks at the time itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from media_pipeline.access.readers import Invitation, Reader
from media_pipeline.albums import albums
from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.record.models import IMAGE_ID, Image, ReviewState, Status, Term
from media_pipeline.search.terms import remove

DAY = 86_400
DAYS = (1, 7, 30)
DEFAULT_DAYS = 7
SHOWN = ("title", "date", "camera")  # what an owner may let guests read
DEFAULT_SHOWN = ("title", "date")
MAX_LINKS = 100  # live links of one library; one BatchGetItem
TERM = "shares"  # of a library; with {what is shared}.{share id} in place of image ids
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
ID = re.compile(r"[0-9a-f]{64}")


class Share(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    image_id = UnicodeAttribute(null=True)
    album_id = UnicodeAttribute(null=True)
    shown = UnicodeAttribute(default="")  # of SHOWN, with spaces
    may_download = BooleanAttribute(default=False)
    created_at = NumberAttribute()
    ttl = NumberAttribute()

    @property
    def share_id(self) -> str:
        return self.pk.removeprefix("share|")

    @property
    def target(self) -> str:
        return str(self.image_id or self.album_id)

    @property
    def shows(self) -> frozenset[str]:
        return frozenset(self.shown.split())

    @property
    def expires_at(self) -> int:
        return int(self.ttl)

    @property
    def is_over(self) -> bool:
        return self.expires_at <= time.time()

    @property
    def guest(self) -> Reader:
        """Who comes by this link."""
        return Reader(
            "",
            invitation=Invitation(self.owner, self.expires_at, self.image_id, self.album_id, bool(self.may_download)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which a link is made."""

    days: int = DEFAULT_DAYS
    shown: tuple[str, ...] = DEFAULT_SHOWN
    may_download: bool = False


def share_image(reader: Reader, image_id: str, terms: Terms, *, call: str = "") -> tuple[Share, str]:
    """The link and its token. The token is stored nowhere; a caller that gave its `call` a name gets it again by
    `made_by`.
    """
    record = Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None
    if record is None or not reader.owns(record.owner):
        raise NotFoundError("There is no image with this id.")
    if record.status is not Status.READY or record.review == ReviewState.RESTRICTED:
        raise ConflictError("Only photos that are ready, and not restricted, can be shared.")
    return _create(Share(owner=reader.id, image_id=image_id), terms, call)


def share_album(reader: Reader, album_id: str, terms: Terms, *, call: str = "") -> tuple[Share, str]:
    """As above; guests see those of its photos that could be shared by themselves, whenever they look."""
    album = albums.get(reader, album_id)
    return _create(Share(owner=reader.id, album_id=album.album_id), terms, call)


def made_by(reader: Reader, call: str, share_id: str) -> tuple[Share, str]:
    """The link that the call of this name made, and its token again; NotFoundError once the link opens nothing."""
    found = [share for share in _load([share_id]) if reader.owns(share.owner) and not share.is_over]
    token = _token(found[0], call) if found else ""
    if _hash(token) != share_id:  # revoked or over; or the SECRET_KEY is another one since
        raise NotFoundError("The link that this call made is gone. Make another one, with a new key.")
    return found[0], token


def listed(reader: Reader, target: str | None = None) -> list[Share]:
    """The reader's links that still open something, of one image or album or of all, newest first."""
    found = (share for share in _load(_entries(reader.id, target or "")) if not share.is_over)
    return sorted(found, key=lambda share: -share.created_at)


def revoke(reader: Reader, share_id: str) -> None:
    """The link opens nothing any more. Addresses of pictures that it gave out run out within minutes."""
    found = _load([share_id]) if ID.fullmatch(share_id) else []
    if not found or not reader.owns(found[0].owner):
        raise NotFoundError("There is no link with this id.")
    _end(found)


def opened(token: str) -> Share:
    """What a link leads to; NotFoundError, always the same, when it is unknown, revoked or over."""
    found = _load([_hash(token)]) if TOKEN.fullmatch(token) else []
    if not found or found[0].is_over:
        raise NotFoundError("This link leads nowhere.")
    return found[0]


def delete_of(owner: str, target: str) -> None:
    """End every link to an image or album that is being erased."""
    _end(_load(_entries(owner, target)))


def delete_library(library: str) -> int:
    """End every link of a library that is being erased, and drop the entries of those that are over; how many."""
    entries = _entries(library, "")
    _end(_load(entries))
    _drop(library, entries)
    return len(entries)


def _create(share: Share, terms: Terms, call: str) -> tuple[Share, str]:
    if terms.days not in DAYS:
        raise InvalidRequestError(f"A link lives {DAYS[0]}, {DAYS[1]} or {DAYS[2]} days.", field="days")
    if unknown := set(terms.shown) - set(SHOWN):
        raise InvalidRequestError(
            f"There is no {unknown.pop()!r} to show. There are: {', '.join(SHOWN)}.", field="shown"
        )
    _tidy(share.owner)
    share.created_at = int(time.time())
    token = _token(share, call)
    share.pk = f"share|{_hash(token)}"
    share.shown = " ".join(name for name in SHOWN if name in terms.shown)
    share.may_download = terms.may_download
    share.ttl = share.created_at + terms.days * DAY
    entry = Term(f"{share.owner}|{TERM}", f"{share.target}.{share.share_id}")
    entry.save()
    share.save()
    entry.save()  # once more: another link that was made meanwhile may have dropped it, for it led nowhere yet
    return share, token


def _token(share: Share, call: str) -> str:
    """192 bits. They are random, or follow from the name of the call that makes the link, which is kept nowhere: only
    who sends that call again finds the token again.
    """
    if not call:
        return secrets.token_urlsafe(24)
    message = f"{share.owner}|{share.target}|{int(share.created_at)}|{call}"
    return base64.urlsafe_b64encode(salted_hmac("darkroom.share", message, algorithm="sha256").digest()[:24]).decode()


def _tidy(owner: str) -> None:
    """Drop the entries of links that are over; ConflictError when the others are as many as there may be."""
    entries = _entries(owner, "")
    live = {share.share_id for share in _load(entries) if not share.is_over}
    _drop(owner, [entry for entry in entries if _id_in(entry) not in live])
    if len(live) >= MAX_LINKS:
        raise ConflictError(f"There are {MAX_LINKS} live links, which is the most. Revoke one first.")


def _entries(owner: str, target: str) -> list[str]:
    """{what is shared}.{share id} of all links, or of those to one target."""
    within = Term.image_id.startswith(f"{target}.") if target else None
    found = Term.query(f"{owner}|{TERM}", within, consistent_read=True)
    return [item.image_id for item in found]


def _id_in(entry: str) -> str:
    return entry.rpartition(".")[2]


def _load(entries: Iterable[str]) -> list[Share]:
    return Share.load_many((f"share|{_id_in(entry)}" for entry in entries), consistent=True)


def _end(shares: list[Share]) -> None:
    """The items first: an entry that leads to none opens nothing."""
    for share in shares:
        share.delete()
        _drop(share.owner, [f"{share.target}.{share.share_id}"])


def _drop(owner: str, entries: list[str]) -> None:
    for entry in entries:
        remove(owner, [TERM], entry)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

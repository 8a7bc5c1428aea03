"""A call that is sent again does nothing again: what it did is remembered for a day under the key that it brings.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ and docs/decisions/0004-idempotency.md
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.errors import BusyKeyError, ReusedKeyError

KEPT_SECONDS = 86_400
BUSY_SECONDS = 60  # twice as long as API Gateway waits for any call: what holds a key for longer has died


class RememberedCall(Item):
    """`answer` is missing while the first call is still at work."""

    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute(null=True)
    busy_until = NumberAttribute()  # in milliseconds, so that it also tells one attempt from the next
    ttl = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """The first call with its key: end it with `remember`, or with `clear` when it did nothing."""

    call: RememberedCall

    def remember(self, answer: Answer) -> None:
        text = json.dumps([answer.status, answer.body], separators=(",", ":"))
        self.call.update_if([RememberedCall.answer.set(text)], self._is_mine)  # unless another has overtaken it

    def clear(self) -> None:
        self.call.delete_if(self._is_mine)

    @property
    def _is_mine(self) -> Any:
        return RememberedCall.busy_until == self.call.busy_until


def begin(caller: str, key: str, fingerprint: str) -> Attempt | Answer:
    """An attempt for the first call of this caller's with this key, and its answer for those that repeat it.

    ReusedKeyError when the repetition asks for something else, BusyKeyError while the first is still at work.
    """
    now = time.time()
    call = RememberedCall(
        "once|" + hashlib.sha256(f"{caller}|{key}".encode()).hexdigest(),
        fingerprint=fingerprint,
        busy_until=round((now + BUSY_SECONDS) * 1000),
        ttl=int(now) + KEPT_SECONDS,
    )
    is_over = RememberedCall.ttl < int(now)  # DynamoDB takes its time to remove what has expired
    has_died = RememberedCall.answer.does_not_exist() & (RememberedCall.busy_until < round(now * 1000))
    is_first = call.put_if(RememberedCall.pk.does_not_exist() | is_over | has_died)
    return Attempt(call) if is_first else _known(call.pk, fingerprint)


def _known(pk: str, fingerprint: str) -> Answer:
    known = RememberedCall.load(pk)
    if known is None:  # cleared in between
        raise BusyKeyError
    if known.fingerprint != fingerprint:
        raise ReusedKeyError
    if known.answer is None:
        raise BusyKeyError
    status, body = json.loads(known.answer)
    return Answer(status, body)

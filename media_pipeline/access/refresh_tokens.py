"""Refresh tokens that follow from one sign-in: each is good for one use, and a second use ends them all.

Whoever comes second with a token may be its thief or its owner, and nobody can tell which: RFC 9700, section 4.14.2,
https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2

One item a family in DynamoDB, where one conditional write decides between two that come at once and what has expired
goes by itself. The table of tokens that simplejwt would keep in SQL wants a row for every sign-in, and somebody who
removes them. Signing in writes nothing: a family is named after its first token, and has no item until that is used.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.telemetry import logger

KEPT_SECONDS = 3_600  # beyond its last token's expiry, for clocks that differ


class TokenFamily(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    latest = UnicodeAttribute(null=True)  # the id of the one token that may be used; none once the family has ended
    ttl = NumberAttribute()


def rotate(family: str, token_id: str, *, follower: str, expires_at: int) -> bool:
    """Let `follower`, good until `expires_at`, take the token's place; False when that was used before, or the family
    has ended. Then it has ended for good.
    """
    item = TokenFamily(f"family|{family}")
    is_first = token_id == family
    is_latest = TokenFamily.pk.does_not_exist() if is_first else TokenFamily.latest == token_id
    is_ours = TokenFamily.latest == follower  # botocore asks again when an answer was lost
    ttl = TokenFamily.ttl.set(expires_at + KEPT_SECONDS)
    if item.update_if([TokenFamily.latest.set(follower), ttl], is_latest | is_ours):
        return True
    item.update([TokenFamily.latest.remove(), ttl])
    logger.warning("a refresh token was used twice; its family has ended", family=family)
    return False

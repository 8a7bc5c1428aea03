"""Refresh tokens that were used, until they would have expired: each may be used once.

In DynamoDB, where one conditional write decides between two that come at once and what has expired goes by itself. The
table of tokens that simplejwt would keep in SQL wants a row for every sign-in, and somebody who removes them.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from media_pipeline import aws
from media_pipeline.conf import conf
from media_pipeline.models import SharedClientModel

KEPT_SECONDS = 3_600  # beyond its expiry, for clocks that differ


class SpentToken(SharedClientModel):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    ttl = NumberAttribute()


def spend(token_id: str, *, expires_at: int) -> bool:
    """Whether the token was still unused; it is not any more."""
    token = SpentToken(f"spent|{token_id}", ttl=expires_at + KEPT_SECONDS)
    with aws.temporary_errors("DynamoDB"):
        try:
            token.save(SpentToken.pk.does_not_exist())
        except PutError as error:
            if aws.error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
    return True

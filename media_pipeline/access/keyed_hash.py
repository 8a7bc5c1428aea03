"""Ids that must not be read from where they are kept, as a hash that only this installation can make."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def keyed_hash(subject: str) -> str:
    """The key is derived from Django's SECRET_KEY, so that nobody else can try ids."""
    return salted_hmac("darkroom.tombstone", subject, algorithm="sha256").hexdigest()

"""An e-mail address, signed: who opens the link has shown that the address is theirs. Nothing is stored until then."""

from __future__ import annotations

from django.core import signing

SALT = "sign-up"
SECONDS = 3 * 24 * 3600


def make(email: str) -> str:
    return signing.dumps(email, salt=SALT)


def read(token: str) -> str | None:
    """The address, None when the link was tampered with or is too old."""
    try:
        email: str = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return email

"""Secrets of webhooks, and the signatures made with them: https://www.standardwebhooks.com

A signature needs the secret itself, so no hash of it will do. It lies encrypted with a key that is made from
DARKROOM_SECRET_KEY: a copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.encoding import force_bytes

from media_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    return _safe().encrypt(secret.encode()).decode()


def opened(text: str) -> str:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see _safe

    try:
        return _safe().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise ConfigurationError(
            "The secret of a webhook was encrypted with another DARKROOM_SECRET_KEY. "
            "Set that one again, or give the webhook a new secret."
        ) from error


def _safe() -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - 50 ms that no cold start without webhooks pays

    def fernet(secret_key: str | bytes) -> Fernet:
        key = hashlib.blake2b(force_bytes(secret_key), digest_size=32, person=b"webhook secrets").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    return MultiFernet([fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def headers(event_id: str, timestamp: int, body: bytes, valid: list[str]) -> dict[str, str]:
    """What goes with `body` and proves where it comes from: a signature by each of the secrets that are `valid`."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in valid),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()

"""Secrets of webhooks, and the signatures made with them: https://www.standardwebhooks.com

A signature needs the secret itself, so no hash of it will do. It lies encrypted with a key that is made from
DARKROOM_SECRET_KEY: a copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

from media_pipeline.errors import ConfigurationError

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    return _safe().encrypt(secret.encode()).decode()


def opened(text: str) -> str:
    try:
        return _safe().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise ConfigurationError(
            "The secret of a webhook was encrypted with another DARKROOM_SECRET_KEY. "
            "Set that one again, or give the webhook a new secret."
        ) from error


def _safe() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str | bytes) -> Fernet:
    key = hashlib.blake2b(force_bytes(secret_key), digest_size=32, person=b"webhook secrets").digest()
    return Fernet(base64.urlsafe_b64encode(key))


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

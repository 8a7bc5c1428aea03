"""What a webhook is signed with: by the standard's own vector, encrypted at rest, and replaced without a gap."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from media_pipeline.errors import ConfigurationError
from moderation.models import WebhookEndpoint
from moderation.services.webhooks import endpoints
from moderation.services.webhooks import secrets as webhook_secrets
from tests.moderation.webhooks.receiving import MakeEndpoint, Receiver, is_signed
from tests.moderation.webhooks.sending import try_out
from tests.support.moderators import People


def test_the_vector_of_standard_webhooks() -> None:
    """From its reference implementations; openssl's HMAC agrees."""
    headers = webhook_secrets.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_is_encrypted_and_opens_with_the_older_key_too(settings: Any) -> None:
    secret = webhook_secrets.new_secret()
    text = webhook_secrets.sealed(secret)
    assert secret not in text
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert webhook_secrets.opened(text) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ConfigurationError, match="DARKROOM_SECRET_KEY"):
        webhook_secrets.opened(text)


def test_while_a_secret_is_replaced_both_are_good(people: People, endpoint: MakeEndpoint, receiver: Receiver) -> None:
    made, earlier = endpoint()
    new = endpoints.rotate(people("lead"), made)
    try_out(people, made)
    assert [is_signed(receiver.requests[-1], secret) for secret in (earlier, new)] == [True, True]
    WebhookEndpoint.objects.update(earlier_until=timezone.now())
    try_out(people, made)
    assert [is_signed(receiver.requests[-1], secret) for secret in (earlier, new)] == [False, True]

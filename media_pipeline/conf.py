"""Every knob of the pipeline: typed, read once from the environment, with defaults that work on a laptop.

A field `upload_max_bytes` is set by the variable `DARKROOM_UPLOAD_MAX_BYTES`. docs/configuration.md lists them all;
tests/test_docs.py holds the two together.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from media_pipeline.errors import ConfigurationError

PREFIX = "DARKROOM_"
NEVER_ZERO = {"rate_burst", "rate_per_second", "sign_in_attempts", "sign_in_minutes"}
SWITCH = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


@dataclass(frozen=True, slots=True)
class Conf:
    stage: str = "local"

    # Where things are. The stack's outputs fill these in; the defaults are the names of the local stack.
    region: str = "us-east-1"
    originals_bucket: str = "darkroom-local-originals-000000000000"
    renditions_bucket: str = "darkroom-local-renditions-000000000000"
    media_table: str = "darkroom-local-media"
    terms_table: str = "darkroom-local-terms"
    limits_table: str = "darkroom-local-limits"
    retry_queue_url: str = ""
    tasks_queue_url: str = ""
    dead_letters_url: str = ""
    site_url: str = "http://127.0.0.1:8000"  # of the web, for links in messages

    # Uploads.
    upload_max_bytes: int = 50_000_000
    api_upload_max_bytes: int = 4_000_000
    upload_expires_seconds: int = 900
    default_owner: str = "unclaimed"

    # Pixels.
    max_pixels: int = 100_000_000
    serial_above_pixels: int = 24_500_000
    thumbnail_quality: int = 80
    jpeg_quality: int = 86
    webp_quality: int = 85
    webp_method: int = 4
    avif: bool = False
    rendition_sides: tuple[int, ...] = (160, 320, 480, 640, 800, 1080, 1280, 1600, 1920, 2560)
    watermarks: str = ""

    # The ledger.
    lease_seconds: int = 150
    max_attempts: int = 14
    retry_delay_seconds: int = 30
    upload_abandoned_seconds: int = 86_400
    trash_days: int = 30

    # Recognition. One call asks for everything above this confidence; the policy's thresholds decide afterwards.
    recognition_min_confidence: int = 30
    policy_cache_seconds: int = 60
    flagged_topic_arn: str = ""
    detect_objects: bool = False
    detect_text: bool = False

    # Faces, where a library consented: from which similarity somebody is suggested, and from which one is taken for
    # granted (0 is never).
    face_suggestion_similarity: int = 80
    face_auto_similarity: int = 0

    # The first look: what both networks are less sure of than this is not sent, but for a random share.
    first_look: bool = False
    first_look_nudity_percent: int = 10
    first_look_face_percent: int = 25
    first_look_sample_percent: int = 2

    # Search. Over how many partition keys the terms of every new image are spread: each is one more Query a page.
    term_shards: int = 1

    # How often. Of the API, for each key and each account; of signing in, for each account and address.
    rate_burst: int = 100
    rate_per_second: int = 50
    rate_per_day: int = 10_000
    sign_in_attempts: int = 10
    sign_in_minutes: int = 15

    # Webhooks reach the internet only, and by https; and these hosts, wherever they are: names, separated by commas.
    webhook_trusted_hosts: str = ""

    # Maps. Where tiles of a map are fetched, as in https://tiles.example/{z}/{x}/{y}.png; empty fetches none.
    map_tiles_url: str = ""

    # Delivery. With a CloudFront domain, renditions are signed for it with this key pair (PEM).
    cloudfront_domain: str = ""
    cloudfront_key_id: str = ""
    cloudfront_key: str = ""
    cloudfront_distribution_id: str = ""
    signed_url_seconds: int = 300
    unjudged_url_seconds: int = 60


def read(environ: Mapping[str, str]) -> Conf:
    """The configuration that `environ` describes; a value that does not parse raises ConfigurationError."""
    hints = get_type_hints(Conf)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Conf):
        name = PREFIX + field.name.upper()
        if name in environ:
            values[field.name] = _parse(name, environ[name], hints[field.name])
            if field.name in NEVER_ZERO and values[field.name] == 0:
                raise ConfigurationError(f"{name} must be at least 1.")
    return Conf(**values)


def _parse(name: str, text: str, kind: type) -> object:
    if kind is str:
        return text
    if kind is bool:
        if text.casefold() not in SWITCH:
            raise ConfigurationError(f"{name} must be true or false, not {text!r}.")
        return SWITCH[text.casefold()]
    if kind is int:
        return _whole_number(name, text)
    return tuple(_whole_number(name, part) for part in text.split(","))


def _whole_number(name: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}.") from None
    if number < 0:
        raise ConfigurationError(f"{name} must not be negative, but is {number}.")
    return number


conf = read(os.environ)

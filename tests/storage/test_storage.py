"""Who gets the address of an image: every status, every kind of reader; and what such an address is."""

from __future__ import annotations

import base64
import dataclasses
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import media_pipeline
from media_pipeline.access.readers import ANONYMOUS, Reader
from media_pipeline.conf import conf
from media_pipeline.record.models import Image, ReviewState, Status, new_image_id, original_key
from media_pipeline.storage import buckets, signing
from media_pipeline.storage.signing import Purpose, _distribution, sign
from tests.support.aws import as_role
from tests.support.pictures import make_jpeg
from tests.support.uploads import processed, stored

OWNER, STRANGER, REVIEWER = Reader("olga"), Reader("sam"), Reader("mo", frozenset({"moderator"}))
SUPERUSER_WITHOUT_GROUP = Reader("root")


def record(status: str) -> Image:
    """A record in that status, with one thumbnail and one full-size rendition."""
    made = Image(
        "01HZZZZZZZZZZZZZZZZZZZZZZZ",
        owner="olga",
        library="olga",
        filename="Öl & Wasser.HEIC",
        version_id="v1",
        renditions={"small": ["jpeg", 150, 100, 9], "jpeg": ["jpeg", 900, 600, 99]},
    )
    changes = {
        "uploading": {"version_id": None},
        "processing": {"unfinished": "3"},
        "ready": {},
        "in_review": {"review": ReviewState.OPEN},
        "rejected": {"review": ReviewState.REJECTED},
        "child_safety": {"review": ReviewState.CHILD_SAFETY},
        "failed": {"failure": "why", "unfinished": "failed"},
        "deleted": {"deleted_at": "2026-11-01T00:00:00+00:00"},
        "rejected, then deleted": {"review": ReviewState.REJECTED, "deleted_at": "2026-11-01T00:00:00+00:00"},
    }
    for name, value in changes[status].items():
        setattr(made, name, value)
    return made


ALL_STATUSES = [
    "uploading",
    "processing",
    "ready",
    "in_review",
    "rejected",
    "child_safety",
    "failed",
    "deleted",
    "rejected, then deleted",
]
NAMES = ["small", "jpeg", "original"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("status", ALL_STATUSES)
@pytest.mark.parametrize(
    "reader", [STRANGER, ANONYMOUS, SUPERUSER_WITHOUT_GROUP], ids=["stranger", "anonymous", "superuser"]
)
def test_strangers_get_nothing_whatever_the_status(status: str, reader: Reader) -> None:
    for purpose in Purpose:
        for name in NAMES:
            assert sign(record(status), reader, purpose, name) is None


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("status", "owner", "reviewer"),
    [
        ("uploading", {"small": 60}, {"small": 60}),
        ("processing", {"small": 60}, {"small": 60}),
        ("in_review", {"small": 60}, {"small": 60}),
        ("failed", {"small": 60}, {"small": 60}),
        ("ready", {"small": 300, "jpeg": 300, "original": 300}, {"small": 300, "jpeg": 300, "original": 300}),
        ("rejected", {}, {"small": 60, "jpeg": 60, "original": 60}),
        ("child_safety", {}, {}),
        ("deleted", {"small": 60}, {"small": 60}),
        ("rejected, then deleted", {}, {"small": 60}),
    ],
)
def test_the_table_of_who_may_see_what(status: str, owner: dict[str, int], reviewer: dict[str, int]) -> None:
    for reader, allowed in ((OWNER, owner), (REVIEWER, reviewer)):
        for name in NAMES:
            url = sign(record(status), reader, Purpose.VIEW, name)
            lifetime = int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0]) if url else 0
            assert lifetime == allowed.get(name, 0), (reader, name)


@pytest.mark.usefixtures("aws")
def test_a_rendition_that_was_not_made_has_no_address() -> None:
    assert sign(record("ready"), OWNER, Purpose.VIEW, "webp") is None


@pytest.mark.usefixtures("aws")
def test_addresses_stay_the_same_within_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that browsers can cache."""
    urls = []
    for now in (3_000_000_000, 3_000_000_149, 3_000_000_150):
        monkeypatch.setattr(signing.time, "time", lambda now=now: now)
        urls.append(sign(record("ready"), OWNER, Purpose.VIEW, "small"))
    assert urls[0] == urls[1] != urls[2]


def test_an_address_opens_the_image_and_a_changed_one_does_not(aws: object) -> None:
    made = processed(make_jpeg(), owner="olga")
    for name in ("small", "jpeg", "webp", "original"):
        url = sign(made, OWNER, Purpose.VIEW, name)
        assert url
        with urllib.request.urlopen(url) as answer:
            assert answer.status == 200
            if name != "original":
                assert "immutable" in answer.headers["Cache-Control"]
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(url[:-4] + "0000")


def test_a_download_is_named_after_the_original(aws: object) -> None:
    made = processed(make_jpeg(), owner="olga", filename="Öl & Wasser.HEIC")
    expected = {"webp": "%C3%96l%20%26%20Wasser.webp", "original": "%C3%96l%20%26%20Wasser.HEIC"}
    for name, filename in expected.items():
        url = sign(made, OWNER, Purpose.DOWNLOAD, name)
        assert url
        disposition = f"attachment; filename*=UTF-8''{filename}"
        assert parse_qs(urlsplit(url).query)["response-content-disposition"] == [disposition]
        with urllib.request.urlopen(url) as answer:
            if name != "original":  # the embedded AWS forgets the disposition of a named version
                assert answer.headers["Content-Disposition"] == disposition


@pytest.mark.usefixtures("aws")
def test_a_reviewers_look_at_somebody_elses_image_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    sign(record("in_review"), REVIEWER, Purpose.VIEW, "small")
    (line,) = [line for line in caplog.records if line.message == "reviewer sees image"]
    assert line.__dict__["reader"] == "mo"


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Iterator[rsa.RSAPublicKey]:
    """Delivery from a distribution, with a key pair of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    configured = dataclasses.replace(
        conf, cloudfront_domain="d111.cloudfront.net", cloudfront_key_id="K2", cloudfront_key=pem
    )
    monkeypatch.setattr(signing, "conf", configured)
    _distribution.cache_clear()
    yield key.public_key()
    _distribution.cache_clear()


def test_renditions_come_from_cloudfront_signed_and_stable(
    cloudfront: rsa.RSAPublicKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = []
    for now in (3_000_000_000, 3_000_000_149, 3_000_000_150):
        monkeypatch.setattr(signing.time, "time", lambda now=now: now)
        url = sign(record("ready"), OWNER, Purpose.VIEW, "jpeg")
        assert url
        urls.append(url)
    assert urls[0].startswith("https://d111.cloudfront.net/optimized/jpeg/")
    query = parse_qs(urlsplit(urls[0]).query)
    assert query["Key-Pair-Id"] == ["K2"]
    signature = base64.b64decode(query["Signature"][0].translate(str.maketrans("-_~", "+=/")))
    assert len(signature) == 256
    assert sign(record("rejected"), OWNER, Purpose.VIEW, "jpeg") is None


@pytest.mark.usefixtures("aws")
def test_a_distribution_without_its_key_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "conf", dataclasses.replace(conf, cloudfront_domain="d111.cloudfront.net"))
    url = sign(record("ready"), OWNER, Purpose.VIEW, "jpeg")
    assert url
    assert "d111" not in url
    assert "X-Amz-Signature=" in url


def test_there_is_no_second_signer() -> None:
    calls = re.compile(
        r"generate_presigned_url\(\s*.get_object|S3SigV4|CloudFrontSigner|S3Storage|_rendition_url\(|\bpresign(ed\(|ing\b)"
    )
    root = Path(media_pipeline.__file__).parent.parent
    sources = [path for room in ("media_pipeline", "moderation", "config") for path in (root / room).rglob("*.py")]
    found = {str(path.relative_to(root)) for path in sources if calls.search(path.read_text())}
    assert found == {"media_pipeline/storage/signing.py", "media_pipeline/storage/presigning.py"}


def test_statuses_are_all_in_the_table() -> None:
    assert {record(status).status for status in ALL_STATUSES} == set(Status)


def test_the_limits_of_the_table_are_the_configured_ones() -> None:
    assert (conf.unjudged_url_seconds, conf.signed_url_seconds) == (60, 300)


@pytest.mark.usefixtures("aws")
@as_role("pipeline")  # the web may list no versions
def test_the_oldest_of_many_versions_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none of another key."""
    monkeypatch.setattr(buckets, "VERSIONS_PAGE", 2)
    key = original_key(new_image_id())
    versions = [stored(b"x", key).version_id for _ in range(5)]
    stored(b"x", key + "0")
    assert buckets.first_version(key) == versions[0]
    assert set(buckets.original_versions(key)) == set(versions)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("status", ALL_STATUSES)
def test_face_reviewers_get_thumbnails_of_measured_images(status: str) -> None:
    """Of what is ready and was measured with consent."""
    reviewer, shown = Reader("finn", frozenset({"face reviewer"})), record(status)
    assert [sign(shown, reviewer, Purpose.VIEW, name) for name in NAMES] == [None] * len(NAMES)
    shown.face_collection = "darkroom-local-1"
    got = {name for name in NAMES if sign(shown, reviewer, Purpose.VIEW, name)}
    assert got == ({"small", "medium", "large"} & set(NAMES) if status == "ready" else set())

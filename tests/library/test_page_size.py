"""How much a first page weighs where addresses are as long as in production: signed by a role, with its token."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders

from media_pipeline.library import views
from media_pipeline.storage import signing
from tests.support.people import Cast

if TYPE_CHECKING:
    from media_pipeline.record.models import Image

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]
BUDGET = 150_000
# What Lambda gives a role: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
TOKEN = "IQoJb3JpZ2luX2VjE%2B" + "aB3%2FcD4eF5gH6%2B" * 80
SIGNATURES = iter(range(10**6))


def address(key: str) -> str:
    number = next(SIGNATURES)
    signature = "".join(f"{zlib.crc32(f'{number}-{part}'.encode()):08x}" for part in range(8))
    return (
        f"https://darkroom-production-renditions-123456789012.s3.eu-central-1.amazonaws.com/{key}?"
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAXXXXXXXXXXXXXXXX%2F20261123%2Feu-central-1%2Fs3%2F"
        f"aws4_request&X-Amz-Date=20261123T120000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
        f"&X-Amz-Security-Token={TOKEN}&X-Amz-Signature={signature}"
    )


@pytest.fixture
def full_page(announce: Callable[..., Image], monkeypatch: pytest.MonkeyPatch) -> None:
    """More photos than a page takes, all ready."""
    from media_pipeline.record.models import Image

    def rendition_url(key: str, seconds: int, parameters: dict[str, str]) -> str:
        return address(key)

    monkeypatch.setattr(signing, "_rendition_url", rendition_url)
    facts: dict[str, Any] = {
        "version_id": "1",
        "width": 4000,
        "height": 3000,
        "colour": "#8a7f6b",
        "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        "renditions": {"large": ["jpeg", 600, 450, 40_000]},
    }
    actions = [getattr(Image, name).set(value) for name, value in facts.items()]
    for number in range(views.PAGE_SIZE + 1):
        record = announce(f"IMG_{number:04}.jpg", title=f"Harbour at dusk, seen from pier {number}")
        assert Image(record.image_id).change([*actions, Image.unfinished.remove()], Image.image_id.exists())


@pytest.mark.usefixtures("full_page")
def test_a_first_page_stays_within_its_budget(clients: Cast) -> None:
    answer = clients.owner.get("/", headers={"Accept-Encoding": "gzip"})
    plain = zlib.decompress(answer.content, wbits=31).decode()
    assert plain.count("X-Amz-Security-Token") == views.PAGE_SIZE
    assert len(address("")) > 1500
    assert sum(map(static_bytes, static_files(plain))) + len(answer.content) < BUDGET


def static_files(page: str) -> set[str]:
    """The files that the page names, and the modules that they import before they run."""
    found = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page))
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        if not name.endswith(".js"):
            continue
        for module in re.findall(r'^import .*"\./([^"]+)"', read(name), re.MULTILINE):
            imported = str(Path(name).with_name(module))
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return found


def read(name: str) -> str:
    path = finders.find(name)
    assert path, name
    return Path(str(path)).read_text()


def static_bytes(name: str) -> int:
    """As stored: CloudFront compresses them, which nobody has to rely on."""
    return len(read(name).encode())

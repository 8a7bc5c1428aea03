from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from media_pipeline.imaging import avif_choice
from media_pipeline.imaging.avif_choice import choose_avif
from media_pipeline.imaging.encoders import encode_avif, encode_webp
from media_pipeline.imaging.quality import Reference, Samples


def scenery(width: int = 640, height: int = 480) -> Image.Image:
    """Soft shapes with a little grain, which AVIF is much better at than WebP."""
    coarse = np.random.default_rng(3).integers(30, 220, (height // 60, width // 60, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
    grain = np.random.default_rng(4).normal(0, 1, (height, width, 1))
    return Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))


def discs() -> Image.Image:
    """Hard edges between plain colours, which AVIF at its fastest is no better at."""
    picture = scenery()
    draw = ImageDraw.Draw(picture)
    random = np.random.default_rng(3)
    for _ in range(60):
        x, y, radius = random.integers((0, 0, 10), (640, 480, 90))
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=tuple(map(int, random.integers(20, 235, 3)))
        )
    return picture


def decoded(data: bytes) -> Samples:
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("size", [(127, 500), (500, 127), (1, 1)])
def test_a_picture_without_room_for_a_sample_gets_none(size: tuple[int, int]) -> None:
    assert choose_avif(scenery().resize(size)) is None


def test_a_picture_too_large_for_the_encoders_memory_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avif_choice, "_MAX_PIXELS", 640 * 480 - 1)
    assert choose_avif(scenery()) is None


def test_an_avif_that_is_kept_is_smaller_and_as_good() -> None:
    picture = scenery()
    webp = encode_webp(picture, quality=85, method=4)
    avif = choose_avif(picture, webp)
    assert avif is not None
    assert len(avif) <= 0.9 * len(webp)
    reference = Reference(np.asarray(picture))
    assert reference.score(decoded(avif)) >= reference.score(decoded(webp)) - 1


def test_it_can_be_chosen_without_a_webp() -> None:
    picture = scenery()
    avif = choose_avif(picture)
    assert avif is not None
    assert len(avif) <= 0.95 * len(encode_webp(picture, quality=85, method=4))


def test_an_avif_that_would_save_little_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = discs()
    sheets: list[tuple[int, int]] = []

    def encode(pixels: Image.Image, *, quality: int) -> bytes:
        sheets.append(pixels.size)
        return encode_avif(pixels, quality=quality)

    monkeypatch.setattr(avif_choice, "encode_avif", encode)
    assert choose_avif(picture) is None
    assert picture.size not in sheets


def test_the_webp_that_exists_has_the_last_word() -> None:
    assert choose_avif(scenery(), b"a WebP of no size to speak of") is None


def test_transparency_is_kept() -> None:
    picture = scenery().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    avif = choose_avif(picture)
    assert avif
    with Image.open(BytesIO(avif)) as image:
        assert image.mode == "RGBA"

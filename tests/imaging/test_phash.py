from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageEnhance

from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.phash import phash
from media_pipeline.imaging.thumbnails import thumbnails


def scene(seed: int) -> Image.Image:
    """Large soft areas, as photographs have them."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((800, 600), Image.Resampling.BICUBIC)


def distance(one: int, other: int) -> int:
    return (one ^ other).bit_count()


def test_different_pictures_are_far_apart() -> None:
    hashes = [phash(scene(seed))[0] for seed in range(12)]
    assert min(distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) >= 12


def test_scaling_recompression_and_brightness_hardly_move_it() -> None:
    for seed in range(6):
        picture = scene(seed)
        original = phash(picture)[0]
        with Image.open(BytesIO(encode_jpeg(picture, quality=40))) as recompressed:
            assert distance(original, phash(recompressed)[0]) <= 3
        assert distance(original, phash(thumbnails(picture, (300,))[300])[0]) <= 3
        assert distance(original, phash(ImageEnhance.Brightness(picture).enhance(0.9))[0]) <= 3


def test_the_second_hash_finds_the_mirror_image() -> None:
    for seed in range(6):
        plain, mirrored = phash(scene(seed))
        assert phash(scene(seed).transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == (mirrored, plain)


def test_a_flat_picture_has_an_empty_hash() -> None:
    assert phash(Image.new("RGB", (300, 200), (90, 90, 90))) == (0, 0)


def test_a_hash_has_64_bits() -> None:
    ramp = Image.linear_gradient("L").rotate(90).convert("RGB")
    assert phash(ramp) in ((2**64 - 1, 0), (0, 2**64 - 1))

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter

from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.quality import MIN_SIDE, Reference, Samples
from tests.imaging.samples import photo

# Figures of the PyPI package `ssimulacra2` 0.3.0 for photo(512, 384) as JPEG of these qualities.
PUBLISHED = {90: 86.95, 75: 82.81, 50: 77.71}


def samples(picture: Image.Image) -> Samples:
    return np.asarray(picture.convert("RGB"))


def through_jpeg(picture: Image.Image, quality: int) -> Samples:
    with Image.open(BytesIO(encode_jpeg(picture, quality=quality))) as back:
        return samples(back)


def test_a_picture_too_small_for_the_metric_is_refused() -> None:
    with pytest.raises(ValueError, match="96"):
        Reference(np.zeros((MIN_SIDE - 1, 200, 3), dtype=np.uint8))


def test_the_original_itself_scores_100() -> None:
    picture = samples(photo(256, 192))
    assert Reference(picture).score(picture) == pytest.approx(100, abs=0.1)


def test_scores_fall_with_quality() -> None:
    picture = photo(384, 256)
    reference = Reference(samples(picture))
    scores = [reference.score(through_jpeg(picture, quality)) for quality in (95, 85, 70, 50, 30, 10)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 85
    assert scores[-1] < 65


def test_blur_and_colour_shifts_are_noticed() -> None:
    picture = photo(256, 256)
    reference = Reference(samples(picture))
    good = reference.score(through_jpeg(picture, 85))
    assert reference.score(samples(picture.filter(ImageFilter.GaussianBlur(3)))) < good - 8
    assert reference.score(np.roll(samples(picture), 1, axis=-1)) < 0


def test_a_stack_scores_the_mean_of_its_pictures() -> None:
    pictures = [photo(128, 128, seed=seed) for seed in range(3)]
    poor = [through_jpeg(picture, 40) for picture in pictures]
    one_by_one = [Reference(samples(p)).score(d) for p, d in zip(pictures, poor, strict=True)]
    together = Reference(np.stack([samples(p) for p in pictures])).score(np.stack(poor))
    assert together == pytest.approx(np.mean(one_by_one), abs=0.01)


def test_scores_agree_with_the_published_implementation() -> None:
    picture = photo(512, 384)
    reference = Reference(samples(picture))
    for quality, published in PUBLISHED.items():
        with Image.open(BytesIO(_pillow_jpeg(picture, quality))) as back:
            assert reference.score(samples(back)) == pytest.approx(published, abs=0.5)


def _pillow_jpeg(picture: Image.Image, quality: int) -> bytes:
    sink = BytesIO()
    picture.save(sink, "JPEG", quality=quality)
    return sink.getvalue()

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from media_pipeline.errors import DamagedImageError, OutputImpossibleError
from media_pipeline.imaging.animation import animated_webp
from media_pipeline.imaging.opening import Picture, open_picture
from tests.imaging.samples import animation, photo, saved


def opened(data: bytes) -> Picture:
    return open_picture(data, max_pixels=10**7)


def durations(webp: bytes) -> list[int]:
    with Image.open(BytesIO(webp)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            found.append(int(image.info["duration"]))
        return found


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_a_still_picture_is_no_animation(kind: str) -> None:
    with pytest.raises(OutputImpossibleError):
        animated_webp(opened(saved(photo(), kind)))


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "avif"])
def test_every_frame_is_kept_at_its_pace(kind: str) -> None:
    made = animated_webp(opened(animation(kind, 5)))
    assert sum(durations(made)) == 400
    assert len(durations(made)) == 5


def test_an_animation_is_scaled_to_web_size_and_not_enlarged() -> None:
    with Image.open(BytesIO(animated_webp(opened(animation("gif", 3, (400, 200))), long_side=100))) as small:
        assert small.size == (100, 50)
    with Image.open(BytesIO(animated_webp(opened(animation("gif", 3, (40, 30)))))) as small:
        assert small.size == (40, 30)


def test_too_many_frames_are_thinned_out_and_the_pace_kept() -> None:
    made = durations(animated_webp(opened(animation("gif", 30)), max_frames=10))
    assert len(made) == 10
    assert sum(made) == 30 * 80


def test_colours_of_the_frames_follow_each_other() -> None:
    with Image.open(BytesIO(animated_webp(opened(animation("gif", 3))))) as image:
        seen = []
        for number in range(3):
            image.seek(number)
            pixel = image.convert("RGB").getpixel((20, 20))
            assert isinstance(pixel, tuple)
            seen.append(pixel.index(max(pixel)))
    assert seen == [0, 1, 2]


def test_a_frame_that_is_damaged_is_said_to_be() -> None:
    data = animation("png", 4, (200, 200))
    with pytest.raises(DamagedImageError, match="frame"):
        animated_webp(opened(data[: len(data) - 400]))

"""Any mode, depth and profile to 8-bit sRGB, as RGB or RGBA."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from media_pipeline.imaging.damage import PARSE_FAILURES

_MODES_OF_COLOUR_SPACE = {"RGB ": ("RGB", "RGBA"), "GRAY": ("L",), "CMYK": ("CMYK",), "Lab ": ("LAB",)}
_PROFILE_FAILURES: tuple[type[Exception], ...] = (ImageCms.PyCMSError, *PARSE_FAILURES)
_UNNOTICEABLE = 2  # of 255
_LATTICE = (0, 32, 64, 112, 160, 208, 255)


def to_srgb(image: Image.Image) -> Image.Image:
    """`image`, fully loaded, as RGB or RGBA in sRGB with no metadata attached; may be the same object, changed.

    A profile that cannot be used (garbage, or of another colour space than the pixels) is ignored, as browsers do.
    """
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    if profile:
        image = _through_profile(image, profile)
    if image.mode == "LAB":
        image = _through_profile(image, _lab_profile())
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}
    return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """As L, RGB, RGBA, CMYK or LAB with 8 bits a channel; a transparent colour becomes an alpha channel."""
    if image.mode.startswith("I;16"):
        return _from_sixteen_bit_grey(image)
    if image.mode in ("I", "F"):
        return _stretched(image)
    if "transparency" in image.info:
        _scale_transparent_colour(image)
        return image.convert("RGBA")
    if image.mode in ("PA", "LA", "La", "RGBa") or (image.mode == "P" and _palette_has_alpha(image)):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK", "LAB") else image.convert("RGB")


def _palette_has_alpha(image: Image.Image) -> bool:
    return image.palette is not None and image.palette.mode == "RGBA"


def _from_sixteen_bit_grey(image: Image.Image) -> Image.Image:
    samples = np.asarray(image)
    grey = Image.fromarray((samples >> 8).astype(np.uint8))
    grey.info = image.info
    transparent = image.info.get("transparency")
    if not isinstance(transparent, int):
        return grey
    rgba = Image.merge("RGB", (grey, grey, grey))
    rgba.putalpha(Image.fromarray(np.where(samples == transparent, 0, 255).astype(np.uint8)))
    return rgba


def _stretched(image: Image.Image) -> Image.Image:
    """32-bit integers and floats have no agreed white: 0..1 and 0..65535 are taken at their word, others stretched."""
    samples = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(samples.min()), float(samples.max())
    if low >= 0:
        low = 0.0
        white = 1.0 if image.mode == "F" else 65535.0
        high = white if high <= white else high
    scaled = (samples - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))


def _scale_transparent_colour(image: Image.Image) -> None:
    """Pillow keeps the upper byte of 16-bit RGB samples but leaves the transparent colour (PNG tRNS) at 16 bits."""
    colour = image.info["transparency"]
    if isinstance(colour, tuple) and max(colour) > 255:
        image.info["transparency"] = tuple(value >> 8 for value in colour)


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    transform = _transform(profile, image.mode)
    if transform is None:
        return image
    if image.mode in ("RGB", "RGBA"):  # in place: a 48-megapixel picture is 190 MB
        ImageCms.applyTransform(image, transform, inPlace=True)
        return image
    return ImageCms.applyTransform(image, transform) or image


_CACHED_PROFILE = 64_000  # bytes; cameras' profiles are smaller, and hostile ones of megabytes must not stay in memory


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from `profile` to sRGB, None when there is none or nothing would change.

    Built anew each time: LittleCMS transforms keep a cache of the last pixel and must not be shared by threads.
    """
    if mode == "RGB" and is_srgb(profile):
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if mode not in _MODES_OF_COLOUR_SPACE.get(source.profile.xcolor_space, ()):
            return None
        outcome = "RGBA" if mode == "RGBA" else "RGB"
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, outcome)
    except _PROFILE_FAILURES:
        return None


def is_srgb(profile: bytes) -> bool:
    """Whether the profile leaves a lattice of colours where it is, whatever it calls itself."""
    return _is_srgb(profile) if len(profile) <= _CACHED_PROFILE else _is_srgb.__wrapped__(profile)


@lru_cache(maxsize=32)
def _is_srgb(profile: bytes) -> bool:
    steps = np.array(_LATTICE, dtype=np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        moved = ImageCms.profileToProfile(
            Image.fromarray(lattice), source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except _PROFILE_FAILURES:
        return False
    return int(np.abs(np.asarray(moved, dtype=np.int16) - lattice).max()) <= _UNNOTICEABLE


@lru_cache(maxsize=1)
def _lab_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

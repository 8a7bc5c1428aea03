"""From the bytes of a file to a Picture (its header, checked) and from there to upright sRGB pixels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

from PIL import Image, ImageFile

from media_pipeline.errors import DamagedImageError, ImageTooLargeError, UnsupportedFormatError
from media_pipeline.imaging.colour import to_srgb
from media_pipeline.imaging.damage import reported_as
from media_pipeline.imaging.formats import Format, read_header, sniff
from media_pipeline.imaging.geometry import UPRIGHT, Size, fit_inside, upright_size
from media_pipeline.imaging.header_checks import fits_in, gif_frames, has_scan_bomb, webp_canvas
from media_pipeline.imaging.orientation import exif_orientation

# `open` holds every header against the caller's limit; Pillow's own is one for the whole process, and warns.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # odd metadata is no news to an operator

UNSUPPORTED = "Not a supported image format. Use JPEG, PNG, WebP, GIF, TIFF, HEIC, AVIF or BMP."
_FRAMES_COUNTED = 10_000
_ALPHA_MODES = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
_TIFF_NEW_SUBFILE_TYPE, _TIFF_TILE_WIDTH, _TIFF_TILE_LENGTH = 254, 322, 323
_TIFF_ORIENTATION, _TIFF_DNG_VERSION = 274, 50706


@dataclass(frozen=True, slots=True)
class Picture:
    """A file whose header is sound. `width` and `height` are those of the upright image.

    `frames` counts the frames of an animation and is 1 for everything still; of several pages the first is the image.
    """

    format: Format
    width: int
    height: int
    orientation: int
    frames: int
    has_alpha: bool
    data: bytes = field(repr=False)

    def decode(self, *, at_least: int = 0) -> Image.Image:
        """The one full decode: upright, sRGB, RGB or RGBA (RGB when nothing shows through), no metadata attached.

        With `at_least` a JPEG may come out smaller, its long side no shorter than that: for when thumbnails are all
        that is wanted, at a third of the time. Raises DamagedImageError when the pixels are truncated, corrupt, or of
        another size than the header says. Each call decodes again; the caller keeps the pixels, nobody else does.
        """
        with reported_as(
            f"This {self.format.upper()} is damaged or incomplete: its pixels could not be read. Upload it again."
        ):
            image: Image.Image = read_header(self.data, self.format)
            if at_least and self.format == "jpeg":
                image.draft(image.mode, fit_inside(image.size, (at_least, at_least)))
            promised = image.size
            image.load()
            if image.size != promised:
                raise DamagedImageError(
                    f"This {self.format.upper()} is damaged: its header says {self.width} × {self.height} pixels, "
                    f"its content {image.width} × {image.height}. Export it again."
                )
            image = to_srgb(image)
            if self.format != "tiff" and self.orientation in UPRIGHT:  # Pillow turns a TIFF while loading it
                image = image.transpose(UPRIGHT[self.orientation])
        return image


def open_picture(data: bytes, *, max_pixels: int) -> Picture:
    """What `data` is, from its header alone; nothing is decoded.

    Raises UnsupportedFormatError, DamagedImageError, or ImageTooLargeError above `max_pixels`.
    """
    if not data:
        raise DamagedImageError("The file is empty. Upload it again.")
    kind = sniff(data)
    if kind is None:
        raise UnsupportedFormatError(UNSUPPORTED)
    if kind == "webp" and (canvas := webp_canvas(data)):
        _check_size(canvas, max_pixels)
    if kind == "jpeg" and has_scan_bomb(data):
        raise DamagedImageError("This JPEG has an absurd number of scans. Export it again as an ordinary JPEG.")
    with reported_as(f"This {kind.upper()} is damaged, or a variant that cannot be read. Export it again."):
        image = read_header(data, kind)
        frames = gif_frames(data, limit=_FRAMES_COUNTED) if kind == "gif" else _frames(image, kind)
        orientation = _orientation(image, kind)
    _check_size(image.size, max_pixels)
    if kind == "tiff":
        _check_tiff(image, max_pixels)
    if kind == "jpeg" and not image.info.get("progressive") and not fits_in(image.size, len(data)):
        raise DamagedImageError(
            f"This JPEG is damaged: its header says {image.width} × {image.height} pixels, "
            "and the file has fewer bytes than any image of that size. Upload it again."
        )
    # Pillow's TIFF reader already reports the upright size.
    width, height = image.size if kind == "tiff" else upright_size(image.size, orientation)
    has_alpha = image.mode in _ALPHA_MODES or "transparency" in image.info
    return Picture(kind, width, height, orientation, max(1, frames), has_alpha, data)


def _check_size(size: Size, max_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise DamagedImageError("The image has no pixels: its width or height is zero. Export it again.")
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"The image has {width} × {height} pixels; at most {max_pixels / 1e6:g} megapixels are accepted. "
            "Upload a smaller version."
        )


def _check_tiff(image: ImageFile.ImageFile, max_pixels: int) -> None:
    tags = getattr(image, "tag_v2", {})
    # Raw files of cameras are TIFFs whose first page is a small preview: nobody means that one.
    if _TIFF_DNG_VERSION in tags or tags.get(_TIFF_NEW_SUBFILE_TYPE, 0) == 1:
        raise UnsupportedFormatError(UNSUPPORTED)
    # libtiff allocates whole tiles, however small the picture that they cover.
    tile = tags.get(_TIFF_TILE_WIDTH), tags.get(_TIFF_TILE_LENGTH)
    if isinstance(tile[0], int) and isinstance(tile[1], int):
        _check_size((tile[0], tile[1]), max_pixels)


def _frames(image: ImageFile.ImageFile, kind: Format) -> int:
    """Pages of a TIFF, further images of a HEIC and the parts of an MPO are no animation."""
    return int(getattr(image, "n_frames", 1)) if kind in ("png", "webp", "avif") else 1


def _orientation(image: ImageFile.ImageFile, kind: Format) -> int:
    if kind == "tiff":
        value = getattr(image, "tag_v2", {}).get(_TIFF_ORIENTATION, 1)
        return value if value in range(1, 9) else 1
    return exif_orientation(image.info.get("exif") or b"")  # libheif and libavif hand over theirs as EXIF, too

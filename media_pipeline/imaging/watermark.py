"""A text or a picture laid over pixels, legible on light and on dark, the same share of every picture it is laid on."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Literal, TypeAlias, get_args

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageStat

from media_pipeline.errors import InvalidRequestError
from media_pipeline.imaging.geometry import Size
from media_pipeline.imaging.opening import open_picture

Position: TypeAlias = Literal[
    "top-left", "top", "top-right", "left", "centre", "right", "bottom-left", "bottom", "bottom-right", "tiled"
]

_DRAWN_AT = 96  # pixels of type before it is scaled
_MAX_TEXT = 200
_MARK_MAX_PIXELS = 4_000_000
_HALO_STRENGTH = 0.65
_TILE_ANGLE = 30
_TILE_GAP = 0.6  # of the mark's own size, between two marks
_SHARE_OF_HEIGHT = 0.9  # a mark is never taller than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """What is laid over a picture, and how. `scale` is the mark's share of the picture's width, `margin` the distance
    from its edges as a share of its shorter side.

    `text` or `image` (a file in any supported format, its transparency kept). Text is set in Pillow's own typeface,
    which has the letters of ASCII and little more, or in `font`, the bytes of a TrueType or OpenType file. A letter
    that the typeface lacks is an InvalidRequestError when the mark is applied.
    """

    text: str = ""
    image: bytes = b""
    font: bytes = b""
    position: Position = "bottom-right"
    opacity: float = 0.6
    scale: float = 0.25
    margin: float = 0.03

    def __post_init__(self) -> None:
        if bool(self.text.strip()) == bool(self.image):
            raise InvalidRequestError("A watermark is either a text or an image.", field="text")
        if len(self.text) > _MAX_TEXT:
            raise InvalidRequestError(f"A watermark's text has at most {_MAX_TEXT} characters.", field="text")
        if self.position not in get_args(Position):
            raise InvalidRequestError(
                f"A watermark's position is one of {', '.join(get_args(Position))}.", field="position"
            )
        for field, value, low, high in (
            ("opacity", self.opacity, 0.0, 1.0),
            ("scale", self.scale, 0.01, 1.0),
            ("margin", self.margin, 0.0, 0.4),
        ):
            if not low <= value <= high:
                raise InvalidRequestError(f"A watermark's {field} lies between {low:g} and {high:g}.", field=field)


def apply_watermark(pixels: Image.Image, watermark: Watermark) -> Image.Image:
    """A copy of `pixels` (RGB or RGBA) with the mark on it."""
    mark = _scaled(_with_halo(_drawn(watermark)), pixels.size, watermark.scale)
    mark.putalpha(mark.getchannel("A").point(lambda value: round(value * watermark.opacity)))
    if watermark.position == "tiled":
        mark = mark.rotate(_TILE_ANGLE, Image.Resampling.BICUBIC, expand=True)
        places = tiling(pixels.size, mark.size)
    else:
        places = [corner(pixels.size, mark.size, watermark.position, watermark.margin)]
    marked = pixels.copy()
    for place in places:
        _lay(marked, mark, place)
    return marked


def corner(size: Size, mark: Size, position: Position, margin: float) -> tuple[int, int]:
    """Where the upper left corner of the mark goes; a mark too large for its margins is centred."""
    edge = round(margin * min(size))
    across = {"left": 0, "right": 2}.get(position.rpartition("-")[2], 1)
    down = {"top": 0, "bottom": 2}.get(position.partition("-")[0], 1)
    return _along(size[0], mark[0], edge, across), _along(size[1], mark[1], edge, down)


def tiling(size: Size, mark: Size) -> list[tuple[int, int]]:
    """Corners of marks like bricks all over the picture, those at its edges cut."""
    across, down = (max(8, round(side * (1 + _TILE_GAP))) for side in mark)
    return [
        (x - (across // 2 if row % 2 else 0), y)
        for row, y in enumerate(range(0, size[1], down))
        for x in range(0, size[0] + across // 2, across)
    ]


def _along(length: int, mark: int, edge: int, place: int) -> int:
    room = length - mark
    if place == 1 or room < 2 * edge:
        return room // 2
    return edge if place == 0 else room - edge


def _drawn(watermark: Watermark) -> Image.Image:
    if watermark.image:
        return open_picture(watermark.image, max_pixels=_MARK_MAX_PIXELS).decode().convert("RGBA")
    font = _font(watermark.font)
    text = watermark.text.strip()
    _check_letters(font, text)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font=font)
    drawn = Image.new("RGBA", (max(1, round(right - left)), max(1, round(bottom - top))), (255, 255, 255, 0))
    ImageDraw.Draw(drawn).text((-left, -top), text, font=font, fill=(255, 255, 255, 255))
    return drawn


def _font(font: bytes) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if not font:
        return ImageFont.load_default(_DRAWN_AT)
    try:
        return ImageFont.truetype(BytesIO(font), _DRAWN_AT)
    except OSError as exc:
        raise InvalidRequestError("The watermark's font is not a TrueType or OpenType file.", field="font") from exc


def _check_letters(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, text: str) -> None:
    """A typeface draws what it lacks as a crossed box, and says nothing."""
    box = bytes(font.getmask("\uffff"))
    lacking = sorted({letter for letter in text if not letter.isspace() and bytes(font.getmask(letter)) == box})
    if lacking:
        raise InvalidRequestError(
            f"The watermark's typeface has no {' '.join(lacking)}. Use other letters or give a font that has them.",
            field="text",
        )


def _with_halo(mark: Image.Image) -> Image.Image:
    """The mark in a soft rim of the opposite tone: whatever is behind it, one of the two stands out."""
    reach = max(2, min(mark.size) // 12)
    framed = Image.new("RGBA", (mark.width + 4 * reach, mark.height + 4 * reach), (255, 255, 255, 0))
    framed.paste(mark, (2 * reach, 2 * reach))
    alpha = framed.getchannel("A")
    light = ImageStat.Stat(mark.convert("L"), mark.getchannel("A").point(lambda value: 255 * (value > 0)))
    tone = 0 if not light.count[0] or light.mean[0] > 127 else 255
    rim = alpha.filter(ImageFilter.GaussianBlur(reach * 0.7)).point(lambda value: min(255, round(value * 2.5)))
    halo = Image.new("RGBA", framed.size, (tone, tone, tone, 0))
    halo.putalpha(rim.point(lambda value: round(value * _HALO_STRENGTH)))
    return Image.alpha_composite(halo, framed)


def _scaled(mark: Image.Image, size: Size, scale: float) -> Image.Image:
    factor = min(scale * size[0] / mark.width, _SHARE_OF_HEIGHT * size[1] / mark.height)
    target = max(1, round(mark.width * factor)), max(1, round(mark.height * factor))
    return mark.resize(target, Image.Resampling.LANCZOS)


def _lay(marked: Image.Image, mark: Image.Image, place: tuple[int, int]) -> None:
    if marked.mode == "RGB":
        marked.paste(mark, place, mark)
        return
    left, top = max(0, -place[0]), max(0, -place[1])
    if left < mark.width and top < mark.height:
        marked.alpha_composite(mark, (place[0] + left, place[1] + top), (left, top))

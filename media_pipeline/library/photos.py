"""What the page of one photo shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.library import wording
from media_pipeline.library.appeals import Appeal, appeal_of
from media_pipeline.library.places import Place, place_of
from media_pipeline.library.states import StageState, State, stage_states, state_of
from media_pipeline.library.tiles import Thumbnail, thumbnail_of, title_of
from media_pipeline.record.faces import read
from media_pipeline.record.models import BLURRED, Image, Rendition, Status
from media_pipeline.search import terms
from media_pipeline.storage import signing
from media_pipeline.storage.signing import ORIGINAL, Purpose

SOURCES = ("avif", "webp")  # what fills the page, smallest first; the browser takes the first that it can show
FALLBACK = ("jpeg", "large")
RENDITION_NAMES = {"jpeg": "JPEG", "webp": "WebP"}


@dataclass(frozen=True, slots=True)
class RenditionRow:
    name: str
    label: str
    pixels: str
    size: str
    saving: str


@dataclass(frozen=True, slots=True)
class StageBar:
    """One stage on the common time axis, in percent of it; the longest is where speeding up would pay."""

    stage: StageState
    start: float
    width: float
    is_longest: bool


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where a face is, in percent of the picture; and whose it is, as far as somebody said so."""

    face_id: str
    left: float
    top: float
    width: float
    height: float
    name: str


@dataclass(frozen=True, slots=True)
class Photo:
    image_id: str
    revision: int
    title: str
    own_title: str
    filename: str
    state: State
    thumbnail: Thumbnail | None
    sources: list[tuple[str, str]]  # (content type, address)
    url: str | None
    width: int
    height: int
    may_be_transparent: bool
    faces: list[FaceBox]
    exposure: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    place: Place | None
    tags: list[str]
    renditions: list[RenditionRow]
    downloadable: bool
    may_be_retried: bool
    bars: list[StageBar]
    seconds: float
    is_own: bool
    is_in_trash: bool
    appeal: Appeal | None


def photo_of(record: Image, reader: Reader) -> Photo:
    bars, milliseconds = timeline(record)
    ready = record.status is Status.READY
    return Photo(
        image_id=record.image_id,
        revision=int(record.revision),
        title=title_of(record),
        own_title=record.title or "",
        filename=record.filename,
        state=state_of(record),
        thumbnail=thumbnail_of(record, reader),
        sources=sources_of(record, reader) if ready else [],
        url=fallback_of(record, reader) if ready else None,
        width=int(record.width or 0),
        height=int(record.height or 0),
        may_be_transparent=record.format in {"png", "webp", "gif", "avif", "tiff"},
        faces=faces_of(record, reader),
        exposure=exposure_of(record.exif or {}),
        facts=facts_of(record),
        place=_place(record),
        tags=list(record.tags or ()),
        renditions=[*_original(record), *(_row(record, rendition) for rendition in _by_size(record))],
        downloadable=ready,
        may_be_retried=record.status is Status.FAILED,
        bars=bars,
        seconds=milliseconds / 1000,
        is_own=reader.owns(record.owner),
        is_in_trash=record.status is Status.DELETED,
        appeal=appeal_of(record, reader),
    )


def sources_of(record: Image, reader: Reader) -> list[tuple[str, str]]:
    signed = [(f"image/{name}", signing.sign(record, reader, Purpose.VIEW, name)) for name in SOURCES]
    return [(content_type, url) for content_type, url in signed if url]


def fallback_of(record: Image, reader: Reader) -> str | None:
    signed = (signing.sign(record, reader, Purpose.VIEW, name) for name in FALLBACK)
    return next((url for url in signed if url), None)


def faces_of(record: Image, reader: Reader) -> list[FaceBox]:
    """Those of bystanders are left alone, and names are their owner's to know."""
    found = [face for face in read(record.faces) if not face.is_hidden]
    return [
        FaceBox(
            face_id=face.face_id,
            left=round(100 * face.left, 2),
            top=round(100 * face.top, 2),
            width=round(100 * face.width, 2),
            height=round(100 * face.height, 2),
            name=face.name if reader.owns(record.owner) else "",
        )
        for face in found
    ]


def exposure_of(exif: dict[str, Any]) -> list[tuple[str, str]]:
    """The four figures on the edge print; none of them when the camera wrote none."""
    figures = [
        ("Shutter", f"{exif['exposure_time']} s" if "exposure_time" in exif else ""),
        ("Aperture", f"f/{exif['f_number']:g}" if "f_number" in exif else ""),
        ("ISO", f"{exif['iso']}" if "iso" in exif else ""),
        ("Focal", f"{exif['focal_length']:g} mm" if "focal_length" in exif else ""),
    ]
    return [(label, figure or "–") for label, figure in figures] if any(figure for _, figure in figures) else []


def facts_of(record: Image) -> list[tuple[str, str]]:
    facts = [
        ("Taken", wording.moment(record.taken_at) if record.taken_at else ""),
        ("Camera", terms.camera_name(record)),
        ("Lens", str((record.exif or {}).get("lens", ""))),
        ("File", record.filename),
        ("Size", _dimensions(record)),
        ("Uploaded", wording.moment(record.created_at.isoformat())),
    ]
    return [(label, value) for label, value in facts if value]


def _place(record: Image) -> Place | None:
    if record.latitude is None or record.longitude is None:
        return None
    return place_of(float(record.latitude), float(record.longitude), record.place or "")


def _dimensions(record: Image) -> str:
    if not record.width or not record.height:
        return ""
    megapixels = record.width * record.height / 1e6
    return f"{wording.pixels(record.width, record.height)}, {megapixels:.1f} MP"


def _by_size(record: Image) -> list[Rendition]:
    """Largest first; the blurred one is the reviewers'."""
    shown = [rendition for rendition in record.rendition_list if rendition.name != BLURRED]
    return sorted(shown, key=lambda rendition: -rendition.bytes)


def _original(record: Image) -> list[RenditionRow]:
    if not record.width or not record.height:
        return []
    pixels = wording.pixels(record.width, record.height)
    return [RenditionRow(ORIGINAL, "Original", pixels, wording.size(record.bytes), "")]


def _row(record: Image, rendition: Rendition) -> RenditionRow:
    return RenditionRow(
        rendition.name,
        RENDITION_NAMES.get(rendition.name, rendition.name.capitalize()),
        wording.pixels(rendition.width, rendition.height),
        wording.size(rendition.bytes),
        wording.saving(record.bytes, rendition.bytes) if rendition.name in RENDITION_NAMES else "",
    )


def timeline(record: Image) -> tuple[list[StageBar], int]:
    """Bars of the stages that ran, and when the last ended, in milliseconds after the first began.

    The ledger keeps durations; when each began follows from the pipeline's order: the first alone, then the others
    side by side, or one by one when the image is large.
    """
    ran = [stage for stage in stage_states(record) if stage.state != "waiting"]
    if not ran:
        return [], 0
    one_by_one = (record.width or 0) * (record.height or 0) > conf.serial_above_pixels
    starts = [0]
    for number, stage in enumerate(ran[:-1]):
        starts.append(starts[-1] + stage.ms if one_by_one or number == 0 else starts[-1])
    end = max(start + stage.ms for start, stage in zip(starts, ran, strict=True)) or 1
    longest = max(stage.ms for stage in ran)
    bars = [
        StageBar(stage, 100 * start / end, max(1.2, 100 * stage.ms / end), stage.ms == longest)
        for start, stage in zip(starts, ran, strict=True)
    ]
    return bars, end

"""What Django's system check finds out before anything is processed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, register

from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError, DarkroomError
from media_pipeline.renditions import watermarks

if TYPE_CHECKING:
    from media_pipeline.renditions.watermarks import Preset

HINT = (
    "Correct DARKROOM_WATERMARKS, JSON of presets by name (media_pipeline/renditions/watermarks.py), or leave it empty."
)


@register()
def first_look_can_run(**_: Any) -> list[CheckMessage]:
    if not conf.first_look:
        return []
    from media_pipeline.pipeline.first_look import networks  # noqa: PLC0415 - it imports numpy, which the web ships without

    missing = networks.missing_packages()
    if not missing:
        return []
    return [
        Error(
            f"DARKROOM_FIRST_LOOK is on, but {', '.join(missing)} cannot be imported.",
            hint="pip install -r requirements-first-look.txt, or switch it off.",
            id="media_pipeline.E001",
        )
    ]


@register()
def watermarks_can_be_laid(**_: Any) -> list[CheckMessage]:
    try:
        presets = watermarks.presets()
    except ConfigurationError as error:
        return [Error(str(error), hint=HINT, id="media_pipeline.E002")]
    problems = [(name, problem) for name, preset in presets.items() if (problem := _problem(preset))]
    return [
        Error(f"DARKROOM_WATERMARKS: {name!r} cannot be used: {problem}", hint=HINT, id="media_pipeline.E003")
        for name, problem in problems
    ]


def _problem(preset: Preset) -> str:
    """Why this mark would fail at the first image, found by laying it over an empty one."""
    if unknown := set(preset.renditions) - watermarks.RENDITIONS:
        return f"{min(unknown)!r} is no rendition that is made of every image; those are jpeg, webp and avif."
    if find_spec("PIL") is None:  # the web's package: it lays no marks
        return ""
    from PIL import Image  # noqa: PLC0415 - the web ships without it

    from media_pipeline.renditions import rendering  # noqa: PLC0415 - it imports Pillow

    try:
        rendering.marked(Image.new("RGB", (320, 240)), preset)
    except (DarkroomError, OSError, TypeError) as error:  # its fields, its files, and values of another type
        return str(error)
    return ""

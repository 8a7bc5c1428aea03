"""Watermark presets, as the operator configures them: what is laid over which renditions of whose images.

DARKROOM_WATERMARKS is JSON by preset name, with the fields of `Preset`:

    {"credit": {"text": "(c) Harbour Press", "position": "bottom-right", "owners": ["*"], "renditions": ["jpeg"]}}
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError

NAME = re.compile(r"[a-z0-9-]{1,20}")  # it becomes part of the renditions' names
RENDITIONS = {"jpeg", "webp", "avif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """`image` is a file's path; `scale` a share of the width, `margin` of the shorter side, `opacity` 0 to 1.

    The `renditions` named (of "jpeg", "webp", "avif") carry it from the start, for the `owners` named ("*": everybody).
    On demand, any rendition can have it.
    """

    text: str = ""
    image: str = ""
    font: str = ""
    position: str = "bottom-right"
    opacity: float = 0.6
    scale: float = 0.25
    margin: float = 0.03
    owners: tuple[str, ...] = ()
    renditions: tuple[str, ...] = ()


@cache
def presets() -> dict[str, Preset]:
    """By name; ConfigurationError says what is wrong with the setting."""
    return read(conf.watermarks)


def read(text: str) -> dict[str, Preset]:
    try:
        given_by_name = json.loads(text or "{}")
        if bad := [name for name in given_by_name if not NAME.fullmatch(name)]:
            raise ConfigurationError(f"DARKROOM_WATERMARKS: {bad[0]!r} is no name; use up to 20 of a-z, 0-9 and -.")
        return {name: _preset(given) for name, given in given_by_name.items()}
    except (ValueError, TypeError, AttributeError) as error:
        fields = ", ".join(field.name for field in dataclasses.fields(Preset))
        raise ConfigurationError(
            f"DARKROOM_WATERMARKS is not JSON of presets by name, each with fields of {fields}: {error}."
        ) from error


def _preset(given: dict[str, Any]) -> Preset:
    fields: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value for field, value in given.items()
    }
    return Preset(**fields)


def eager(owner: str, rendition: str) -> Preset | None:
    """The preset that this rendition of this owner's images carries; one that names the owner goes first."""
    fitting = [preset for preset in presets().values() if rendition in preset.renditions]
    named = [preset for preset in fitting if owner in preset.owners]
    return next(iter(named or [preset for preset in fitting if "*" in preset.owners]), None)

"""What Django's system check finds out before anything is processed."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from media_pipeline.conf import conf


@register()
def first_look_can_run(**_: Any) -> list[CheckMessage]:
    if not conf.first_look:
        return []
    from media_pipeline import first_look  # noqa: PLC0415 - it imports numpy, which the web ships without

    missing = first_look.missing_packages()
    if not missing:
        return []
    return [
        Error(
            f"DARKROOM_FIRST_LOOK is on, but {', '.join(missing)} cannot be imported.",
            hint="pip install -r requirements-cascade.txt, or switch it off.",
            id="media_pipeline.E001",
        )
    ]

"""What the camera wrote: who took it with what, when, where and how."""

from __future__ import annotations

import dataclasses

from media_pipeline import imaging
from media_pipeline.stages.stage import Result, Stage, Work


def run(work: Work) -> Result:
    found = imaging.read_metadata(work.original)
    gps = found.gps or {}
    exif = {
        **found.exif,
        **{name: value for name, value in dataclasses.asdict(found).items() if name in EXPOSURE and value is not None},
    }
    return Result(
        facts={
            "taken_at": found.taken_at,
            "camera_make": found.camera_make,
            "camera_model": found.camera_model,
            "latitude": gps.get("latitude"),
            "longitude": gps.get("longitude"),
            "orientation": found.orientation,
            "exif": exif or None,
        }
    )


EXPOSURE = frozenset({"lens", "exposure_time", "f_number", "iso", "focal_length", "focal_length_35mm"})
STAGE = Stage("metadata", run)

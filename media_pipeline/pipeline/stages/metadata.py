"""What the camera wrote: who took it with what, when, where and how."""

from __future__ import annotations

from media_pipeline.imaging.metadata import read_metadata
from media_pipeline.pipeline import gazetteer
from media_pipeline.pipeline.stage import Result, Stage, Work

EXPOSURE = ("lens", "exposure_time", "f_number", "iso", "focal_length", "focal_length_35mm")


def run(work: Work) -> Result:
    found = read_metadata(work.original)
    exposure = {name: getattr(found, name) for name in EXPOSURE if getattr(found, name) is not None}
    return Result(
        facts={
            "taken_at": found.taken_at,
            "camera_make": found.camera_make,
            "camera_model": found.camera_model,
            "latitude": found.gps["latitude"] if found.gps else None,
            "longitude": found.gps["longitude"] if found.gps else None,
            "place": gazetteer.nearest(found.gps["latitude"], found.gps["longitude"]) if found.gps else None,
            "orientation": work.picture.orientation,
            "exif": {**found.exif, **exposure} or None,
        }
    )


STAGE = Stage("metadata", run)

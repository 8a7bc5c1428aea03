"""A process that does imaging jobs and says what each cost.

A line of JSON in, `{"path", "recipe", "out"}`; one out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from media_pipeline.conf import conf
from media_pipeline.imaging.avif_choice import choose_avif
from media_pipeline.imaging.encoders import encode_jpeg, encode_webp
from media_pipeline.imaging.metadata import read_metadata
from media_pipeline.imaging.opening import open_picture
from media_pipeline.imaging.thumbnails import thumbnails

SIZES = (150, 300, 600)


def main_job(data: bytes) -> dict[str, bytes]:
    """What the pipeline makes of every upload."""
    pixels = open_picture(data, max_pixels=conf.max_pixels).decode()
    read_metadata(data)
    return _thumbnails(pixels) | {
        "jpeg": encode_jpeg(pixels, quality=conf.jpeg_quality),
        "webp": encode_webp(pixels, quality=conf.webp_quality, method=conf.webp_method),
    }


def avif_job(data: bytes) -> dict[str, bytes]:
    """The same with an AVIF chosen per image where the WebP was, and the WebP where the choice was none."""
    pixels = open_picture(data, max_pixels=conf.max_pixels).decode()
    read_metadata(data)
    made = _thumbnails(pixels) | {"jpeg": encode_jpeg(pixels, quality=conf.jpeg_quality)}
    avif = choose_avif(pixels, webp_quality=conf.webp_quality, webp_method=conf.webp_method)
    if avif is not None:
        return made | {"avif": avif}
    return made | {"webp": encode_webp(pixels, quality=conf.webp_quality, method=conf.webp_method)}


def thumbnails_job(data: bytes) -> dict[str, bytes]:
    """The three thumbnails alone."""
    return _thumbnails(open_picture(data, max_pixels=conf.max_pixels).decode(at_least=max(SIZES)))


def _thumbnails(pixels: Image.Image) -> dict[str, bytes]:
    made = thumbnails(pixels, SIZES)
    return {f"t{size}": encode_jpeg(made[size], quality=conf.thumbnail_quality) for size in SIZES}


RECIPES: dict[str, Callable[[bytes], dict[str, bytes]]] = {
    "main": main_job,
    "avif": avif_job,
    "thumbnails": thumbnails_job,
}


def _peak_megabytes() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        data = Path(order["path"]).read_bytes()
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of the job before
        started = time.process_time()
        made = RECIPES[order["recipe"]](data)
        cost = time.process_time() - started
        peak = _peak_megabytes()
        for name, content in made.items():
            (Path(order["out"]) / name).write_bytes(content)
        answer = {"seconds": cost, "megabytes": peak, "bytes": {name: len(content) for name, content in made.items()}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()

"""One photo through the stages in a process like Lambda's, with nothing of the tests in it; prints its peak in MB.

Objects are stored nowhere: put_rendition is the edge to S3.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from unittest import mock


def main(path: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from media_pipeline import handlers
    from media_pipeline.conf import conf
    from media_pipeline.imaging.opening import open_picture
    from media_pipeline.pipeline import run
    from media_pipeline.pipeline.stage import Work
    from media_pipeline.pipeline.stages import metadata, optimize, thumbnails
    from media_pipeline.record.models import Image
    from media_pipeline.storage import buckets

    assert handlers
    data = path.read_bytes()
    record = Image("01HZZZZZZZZZZZZZZZZZZZZZZZ", owner="bench", library="bench")
    with mock.patch.object(buckets, "put_rendition"):
        picture = open_picture(data, max_pixels=conf.max_pixels)
        work = Work(record, data, picture, picture.decode())
        thumbnails.run(work)
        assert work.recognition_jpeg
        run._run_side_by_side([optimize.STAGE, metadata.STAGE], work)
    print(_peak())  # noqa: T201


def _peak() -> float:
    """Megabytes. Linux carries getrusage's figure over from the parent that forked; /proc begins with the program."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))

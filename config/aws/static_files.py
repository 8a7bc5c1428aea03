"""Static files on their way to CloudFront."""

from __future__ import annotations

import mimetypes
import time
from pathlib import Path
from typing import Any

CACHE = "public, max-age=3600"  # their names stay the same from one release to the next


def upload(s3: Any, bucket: str, directory: Path) -> int:
    """Put every file of `directory` under static/; how many there were."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    for path in files:
        kind, _ = mimetypes.guess_type(path.name)
        s3.upload_file(
            str(path),
            bucket,
            f"static/{path.relative_to(directory).as_posix()}",
            ExtraArgs={"ContentType": kind or "application/octet-stream", "CacheControl": CACHE},
        )
    return len(files)


def invalidate(cloudfront: Any, distribution: str) -> None:
    """Make CloudFront forget the last release's."""
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": ["/static/*"]},
            "CallerReference": f"darkroom-{int(time.time())}",
        },
    )

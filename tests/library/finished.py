"""Photos as the pipeline leaves them, without a pipeline: a record with its facts, and pictures for its renditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.aws import EMULATOR

if TYPE_CHECKING:
    from media_pipeline.record.models import Image

SIZE = (600, 400)


def finish(record: Image, jpeg: bytes, **more: Any) -> Image:
    """Leave an image as the pipeline would, with one picture for all its renditions."""
    from media_pipeline.conf import conf
    from media_pipeline.record.models import Image, Rendition
    from tests.support.uploads import reread

    renditions = [Rendition(name, "jpeg", *SIZE, len(jpeg)) for name in ("large", "jpeg")]
    for rendition in renditions:
        key = rendition.key(record.image_id)
        EMULATOR.root_client("s3").put_object(
            Bucket=conf.renditions_bucket, Key=key, Body=jpeg, ContentType="image/jpeg", CacheControl="max-age=31536000"
        )
    facts: dict[str, Any] = {
        "version_id": "1",
        "width": SIZE[0],
        "height": SIZE[1],
        "faces": [[f"{record.image_id}-1", 0.25, 0.1, 0.5, 0.4, 99.0]],
        "renditions": {rendition.name: ["jpeg", *SIZE, len(jpeg)] for rendition in renditions},
        **more,
    }
    actions = [getattr(Image, name).set(value) for name, value in facts.items()]
    assert Image(record.image_id).change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    return reread(record)

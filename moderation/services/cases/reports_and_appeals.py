"""What people outside say: reports on images, and appeals against decisions."""

from __future__ import annotations

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError, NotFoundError
from media_pipeline.record.models import IMAGE_ID, Image
from media_pipeline.review import acts

MAX_LENGTH = 2000  # characters; the words lie in the image's record


def report(reader: Reader, image_id: str, words: str) -> None:
    """Somebody says that an image is not all right. What became of it is not told, not even whether there is one:
    whoever asks must not learn which images exist.
    """
    _check(words)
    record = _load(image_id)
    if record is not None and record.version_id is not None:
        acts.report(record, words.strip(), by=reader.id)


def appeal(reader: Reader, image_id: str, words: str) -> Image:
    """The owner objects to a decision. The case waits for somebody who had no part in it."""
    _check(words)
    record = _load(image_id)
    if record is None or not reader.owns(record.owner):
        raise NotFoundError("There is no image with this id.")
    return acts.appeal(record, words.strip(), by=reader.id)


def _load(image_id: str) -> Image | None:
    return Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None


def _check(words: str) -> None:
    if not words.strip():
        raise InvalidRequestError("Say in a few words what is wrong.", field="reason")
    if len(words) > MAX_LENGTH:
        raise InvalidRequestError(f"At most {MAX_LENGTH} characters.", field="reason")

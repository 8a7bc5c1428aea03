"""What owners say of their images: how much they may say, and how it is written down."""

from __future__ import annotations

from media_pipeline.errors import InvalidRequestError
from media_pipeline.search.words import MAX_VALUE_LENGTH, fold

MAX_TITLE_LENGTH = 200
MAX_CAPTION_LENGTH = 2000
MAX_TAG_LENGTH = MAX_VALUE_LENGTH
MAX_TAGS = 50


def check_descriptions(*, title: str | None = None, caption: str | None = None, tags: list[str] | None = None) -> None:
    """InvalidRequestError when it is more than a record should hold: every write pays for all of it by the kilobyte."""
    if len(title or "") > MAX_TITLE_LENGTH:
        raise InvalidRequestError(f"A title has at most {MAX_TITLE_LENGTH} characters.", field="title")
    if len(caption or "") > MAX_CAPTION_LENGTH:
        raise InvalidRequestError(f"A caption has at most {MAX_CAPTION_LENGTH} characters.", field="caption")
    if len(tags or ()) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags or ()):
        raise InvalidRequestError(
            f"An image has at most {MAX_TAGS} tags of up to {MAX_TAG_LENGTH} characters.", field="tags"
        )


def clean_tags(tags: list[str]) -> list[str]:
    """Trimmed, without empty ones and repetitions (however they are written), in the order given."""
    by_value: dict[str, str] = {}
    for tag in tags:
        by_value.setdefault(fold(tag), " ".join(tag.split()))
    return [tag for value, tag in by_value.items() if value]

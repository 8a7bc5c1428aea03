"""What the readers of image formats raise when bytes make no sense, and its translation into our errors."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from media_pipeline.errors import DamagedImageError

# Pillow's and ExifRead's parsers are Python: on hostile bytes they fail wherever the bytes led them, with whatever
# that line raises. Pillow documents only OSError and SyntaxError; mutated files showed the others.
PARSE_FAILURES: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,  # UnicodeError among them
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    EOFError,
    MemoryError,
    RuntimeError,  # RecursionError among them
    struct.error,
    zlib.error,
)


@contextmanager
def reported_as(message: str) -> Iterator[None]:
    """Whatever a parser raises inside leaves as DamagedImageError(message)."""
    try:
        yield
    except PARSE_FAILURES as exc:
        raise DamagedImageError(message) from exc

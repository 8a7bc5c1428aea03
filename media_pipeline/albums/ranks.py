"""Where a photo stands in an album: a text that sorts between those of its neighbours, so that a move is one write.

Ranks are digits of base 32, compared as texts, and never end with the lowest one: between two of them there is always
room for another.
"""

from __future__ import annotations

from ulid import ULID

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # those of a ULID, in the order of their bytes
MAX_LENGTH = 400  # a move to the same place over and over makes ranks longer, by a digit every five times


def at_the_end(count: int) -> list[str]:
    """Ranks for so many photos, in order, after all that were made before: they begin with the time."""
    moment = str(ULID())[:13]  # milliseconds, and 15 random bits against two requests in the same one
    return [f"{moment}{DIGITS[number // 32]}{DIGITS[number % 32]}G" for number in range(count)]


def between(low: str, high: str | None) -> str:
    """A short rank after `low` ("" is the start) and before `high` (None is the end); `low` has to be less."""
    if high is not None:
        padded = low.ljust(len(high), DIGITS[0])
        shared = next(at for at, digit in enumerate(high) if padded[at] != digit)
        if shared:
            return high[:shared] + between(low[shared:], high[shared:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high is not None else len(DIGITS)
    if last - first > 1:
        return DIGITS[(first + last) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return DIGITS[first] + between(low[1:], None)

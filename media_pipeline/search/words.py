"""From text to the words that terms and queries have in common: case, accents and punctuation away."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

MAX_VALUE_LENGTH = 100
MAX_WORD_LENGTH = 40
# Scripts that put no space between words, and pictograms: each character is a word of its own.
_ALONE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u2600-\u27bf\U0001f000-\U0001faff]")
# Words that would lead to most images of a library, and tell nothing of any of them.
_TELL_NOTHING = frozenset(
    """
    a an and at by for from in is it my of on or our the this to was with
    der die das ein eine im am und mit von le la les un une et de du des el los las en y
    img dsc dscf dscn imgp mvimg pxl dji gopr image photo picture jpg jpeg png heic
    """.split()  # noqa: SIM905 - a list of words reads better as one
)


def fold(text: str) -> str:
    """Case and accents away, spaces as one: how values are compared."""
    return " ".join(_plain(text).split())[:MAX_VALUE_LENGTH]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> list[str]:
    """Every word, in order; punctuation parts them."""
    found = []
    for kind, chars in groupby(_plain(text), _kind):
        if kind:
            found.append(("".join(chars) if kind == "letters" else kind)[:MAX_WORD_LENGTH])
    return found


def _kind(char: str) -> str:
    if _ALONE.match(char):
        return char
    return "letters" if unicodedata.category(char)[0] in "LNM" else ""


def words(text: str) -> list[str]:
    """The words that tell something, each once; of a text that has none, whatever it has ("the", "!!!")."""
    every = list(dict.fromkeys(tokens(text)))
    telling = [word for word in every if tells(word)]
    return telling or every or [fold(text)] * bool(fold(text))


def tells(word: str) -> bool:
    return word not in _TELL_NOTHING and (len(word) > 1 or bool(_ALONE.match(word)))


def most_telling(text: str, count: int) -> list[str]:
    """The `count` words that the fewest images are likely to share: with digits before those without, then longest."""
    ranked = sorted(words(text), key=lambda word: (any(map(str.isdigit, word)), len(word)), reverse=True)
    return ranked[:count]

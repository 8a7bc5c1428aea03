"""More like this: images of the same library that share labels and tags with one, most alike first."""

from __future__ import annotations

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice

from media_pipeline.record import labels
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from media_pipeline.search.words import fold, most_telling

LISTS = 8  # of words that are looked up
MAX_ENTRIES = 100  # entries of each
READERS = 8


def related(record: Image) -> list[tuple[Image, float]]:
    """At most 100 images that share labels or tags, each with how alike it is, from 0 to 1; the nearest first.

    They are among the newest that carry each word; in a large library older ones may be as alike and are not found.
    """
    own = weights(record)
    strongest = sorted(own, key=lambda value: -own[value])
    words = islice(dict.fromkeys(chain.from_iterable(most_telling(value, 1) for value in strongest)), LISTS)
    with ThreadPoolExecutor(READERS) as pool:
        lists = list(pool.map(lambda word: _ids(record.library, word), words))
    shared = Counter(chain.from_iterable(lists))
    del shared[record.image_id]
    others = Image.load_many([image_id for image_id, _ in shared.most_common(100)])
    scored = [(other, cosine(own, weights(other))) for other in others if other.library == record.library]
    return sorted((pair for pair in scored if pair[1] > 0), key=lambda pair: -pair[1])


def _ids(library: str, word: str) -> list[str]:
    return terms.ids(library, terms.word_term(word), limit=MAX_ENTRIES)


def weights(record: Image) -> dict[str, float]:
    """What an image shows and how surely; what its owner says of it is sure."""
    confidences = {fold(label.name): label.confidence / 100 for label in labels.found(record)}
    return confidences | dict.fromkeys(map(fold, record.tags or ()), 1.0)


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """1 for the same values in the same proportions, 0 for none in common."""
    product = sum(weight * other.get(value, 0) for value, weight in one.items())
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return min(1.0, product / lengths) if lengths else 0.0  # rounding may lead beyond 1

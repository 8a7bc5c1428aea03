"""A family of two to forget, and the search for what is left of them."""

from __future__ import annotations

import itertools
import time

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image
from moderation.models import Erasure, Person
from moderation.services.people import naming
from moderation.services.privacy import traces
from tests.support.aws import as_administrator
from tests.support.painted_faces import ANN, BEN, consented, face, person, photo
from tests.support.pipeline import go_on
from tests.support.tasks import work

SEVERAL = 4
NUMBERS = itertools.count(time.time_ns())  # tests share the tables: a name must be this test's alone


def unheard_of() -> str:
    return f"Quirina Q{next(NUMBERS)}"


def words_of(name: str) -> set[str]:
    return {name, name.split()[1].casefold()}


def ann_and_ben() -> tuple[Reader, list[Image], Person]:
    """A library with photos of both, in which Ann is known by name and vector."""
    owner = consented()
    records = [photo(owner, ANN, BEN) for _ in range(SEVERAL)]
    work()
    name = unheard_of()
    for record in records:
        naming.name(owner, face(record).pk, name=name)
    act = naming.name(owner, face(records[0], 2).pk, name="Ben")
    assert act.pk
    work()
    return owner, records, person(name, owner)


def scan(needles: set[str]) -> list[traces.Trace]:
    with as_administrator():
        return traces.find(needles)


def finish(erasure: Erasure) -> Erasure:
    while not go_on(erasure):
        pass
    return Erasure.objects.get(pk=erasure.pk)

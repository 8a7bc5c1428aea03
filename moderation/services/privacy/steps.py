"""What all jobs of forgetting share: the shape of a step, how it counts, and what a proof looks for afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable

from media_pipeline.faces import consents, tags
from media_pipeline.search import terms
from moderation.models import Erasure, Face, Person, User

# Removes what is left, until `deadline` (of time.monotonic); True when nothing is.
Step = tuple[str, Callable[[Erasure, float], bool]]


def count(erasure: Erasure, what: str, number: int) -> None:
    """Add to what the job has removed. It is saved with the step, so a crash may leave some of it uncounted."""
    if number:
        erasure.removed[what] = erasure.removed.get(what, 0) + number


def is_late(deadline: float) -> bool:
    return time.monotonic() > deadline


def needles_of(kind: str, subject: str) -> set[str]:
    """Texts that no store may hold afterwards; to be asked for before, for then nobody knows them any more.

    Names are not among them: somebody else may be called the same.
    """
    faces = {
        Erasure.Kind.PERSON: Face.objects.filter(person=subject),
        Erasure.Kind.IMAGE: Face.objects.filter(image_id=subject),
    }.get(Erasure.Kind(kind), Face.objects.filter(library=subject))
    found = set() if kind == Erasure.Kind.CONSENT else {subject}
    found |= set(faces.exclude(vector="").values_list("vector", flat=True))
    if kind in {Erasure.Kind.CONSENT, Erasure.Kind.ACCOUNT}:
        found |= set(Person.objects.filter(library=subject).values_list("pk", flat=True))
        consent = consents.as_of_now(subject)
        found |= {consent.collection} if consent and kind == Erasure.Kind.ACCOUNT else set()
    if kind == Erasure.Kind.ACCOUNT:
        found |= set(tags.image_ids(subject, terms.ALL))
        found |= set(User.objects.filter(pk=subject).values_list("email", flat=True))
    return found

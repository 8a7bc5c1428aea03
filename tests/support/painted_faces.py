"""Photos with painted squares for faces, each colour a person; and the tasks that follow, done when a test says so."""

from __future__ import annotations

import io
import itertools
import time
from typing import Any

from PIL import Image as Pillow

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image, Rendition
from media_pipeline.storage import buckets
from moderation.models import Face, Person
from moderation.services.people import projection as face_projection
from moderation.services.privacy import consents
from tests.support.aws import as_role
from tests.support.tasks import work
from tests.support.uploads import announced, reread

Colour = tuple[int, int, int]
SIZE = (400, 200)
ANN, BEN, CAT, DAN = (210, 20, 20), (20, 200, 20), (20, 20, 220), (200, 20, 200)
SHADES = itertools.cycle(range(-9, 10, 3))
OWNERS = itertools.count(1)


def new_owner() -> Reader:
    """Somebody whose library is empty."""
    return Reader(f"owner-{next(OWNERS)}-{time.time_ns()}")


def shade(colour: Colour) -> Colour:
    """A little brighter or darker, as photos of one person are: no two are the same picture."""
    offset = next(SHADES)
    return (colour[0] + offset, colour[1] + offset // 3, colour[2] + offset)


def painted(*people: Colour) -> tuple[bytes, list[list[float]]]:
    """A grey picture with a square for each, and where they are; as tests/local_aws/rekognition/stubs.py finds them."""
    image = Pillow.new("RGB", SIZE, (128, 128, 128))
    boxes = []
    for number, colour in enumerate(people):
        left, side = 20 + 95 * number, 80 - 10 * number
        image.paste(colour, (left, 40, left + side, 40 + side))
        boxes.append([left / SIZE[0], 40 / SIZE[1], side / SIZE[0], side / SIZE[1]])
    content = io.BytesIO()
    image.save(content, "JPEG", quality=95)
    return content.getvalue(), boxes


@as_role("pipeline")  # nobody else leaves renditions
def photo(owner: Reader, *people: Colour, **facts: Any) -> Image:
    """A finished image of these people, known to SQL; nothing is measured yet."""
    data, boxes = painted(*map(shade, people))
    record = announced(owner=owner.id, filename="party.jpg")
    rendition = Rendition("jpeg", "jpeg", *SIZE, len(data))
    buckets.put_rendition(record.image_id, rendition, data)
    values: dict[str, Any] = {
        "version_id": "1",
        "width": SIZE[0],
        "height": SIZE[1],
        "renditions": {"jpeg": ["jpeg", *SIZE, len(data)]},
        "faces": [[f"{record.image_id}-{number}", *box, 99.0] for number, box in enumerate(boxes, start=1)],
        **facts,
    }
    actions = [getattr(Image, name).set(value) for name, value in values.items()]
    record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    write_terms(record)
    face_projection.project(record)
    face_projection.follow_record(record)
    return reread(record)


def write_terms(record: Image) -> None:
    from media_pipeline.search import terms

    terms.write(record.library, terms.all_terms(record), record.image_id)


def consented(owner: Reader | None = None) -> Reader:
    """An owner who agreed to have faces recognised."""
    owner = owner or new_owner()
    consents.give(owner, owner.id)
    work()
    return owner


def face(record: Image, number: int = 1) -> Face:
    return Face.objects.select_related("person").get(pk=f"{record.image_id}-{number}")


def person(name: str, owner: Reader) -> Person:
    return Person.objects.get(library=owner.id, name=name, merged_into=None)

"""Recognising people: how right its suggestions are, and what a library of 10,000 faces costs to look at.

`--faces DIR` takes labelled pictures: DIR/name/*.jpg, or DIR/name_1.jpg with the name before the last underscore.
A picture with more than one face says nothing of whose they are, and only adds strangers.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from tests.support.aws import EMULATOR, free_port

django.setup()

from django.core.management import call_command  # noqa: E402 - after the environment is prepared
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from PIL import Image as Pillow  # noqa: E402
from PIL import ImageOps  # noqa: E402

from config.local_aws.detectors.models import packaged_models  # noqa: E402
from config.local_aws.rekognition.server import Server  # noqa: E402
from config.local_aws.rekognition.service import Service  # noqa: E402
from media_pipeline.access.readers import Reader  # noqa: E402
from media_pipeline.aws import clients as aws  # noqa: E402
from media_pipeline.aws import rekognition  # noqa: E402
from media_pipeline.faces.consents import as_of_now, give  # noqa: E402
from media_pipeline.record.models import Image, Rendition, new_image_id  # noqa: E402
from media_pipeline.storage import buckets  # noqa: E402
from moderation.models import Erasure, Face, Person, Suggestion, User  # noqa: E402
from moderation.roles import create_groups  # noqa: E402
from moderation.services.people import matching, naming, people  # noqa: E402
from moderation.services.people import projection as face_projection  # noqa: E402
from moderation.services.privacy import jobs, traces  # noqa: E402
from moderation.services.privacy.steps import needles_of  # noqa: E402
from tests.bench import figures  # noqa: E402
from tests.support import painted_faces  # noqa: E402
from tests.support.hooks import counted_calls  # noqa: E402
from tests.support.moderators import People as World  # noqa: E402
from tests.support.uploads import announced, reread  # noqa: E402

MAX_FACES, MAX_PEOPLE = 10_000, 200
SUFFIXES = {".jpg", ".jpeg", ".png"}


@contextmanager
def recognition(models: Any) -> Iterator[None]:
    """The local Rekognition in this process, with the embedded AWS and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), models, settling_seconds=0.0)
        server = Server(free_port(), service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.environ["AWS_ENDPOINT_URL_REKOGNITION"] = server.endpoint
        aws.reset()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            service.close()


# How right


def labelled(folder: Path) -> list[tuple[str, Path]]:
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return [(path.parent.name if path.parent != folder else path.stem.rpartition("_")[0], path) for path in pictures]


def stored_picture(owner: Reader, path: Path) -> Image:
    """An image as the pipeline leaves it, as far as faces go."""
    picture = ImageOps.exif_transpose(Pillow.open(path)).convert("RGB")
    picture.thumbnail((1920, 1920))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90)
    record = announced(owner=owner.id, filename=path.name)
    rendition = Rendition("jpeg", "jpeg", *picture.size, len(content.getvalue()))
    buckets.put_rendition(record.image_id, rendition, content.getvalue())
    found = rekognition.faces(content.getvalue())
    values = {
        "version_id": "1",
        "width": picture.width,
        "height": picture.height,
        "renditions": {"jpeg": ["jpeg", *picture.size, rendition.bytes]},
        "faces": [
            [f"{record.image_id}-{number}", face.left, face.top, face.width, face.height, face.confidence]
            for number, face in enumerate(found, start=1)
        ],
    }
    actions = [getattr(Image, name).set(value) for name, value in values.items()]
    record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    painted_faces.write_terms(record)
    face_projection.follow_record(reread(record))
    return record


def suggestions(folder: Path) -> None:
    """Each face in turn is the unknown one, while all others that are labelled have their names."""
    owner = painted_faces.consented()
    consent = as_of_now(owner.id)
    assert consent is not None
    pictures = [(label, stored_picture(owner, path)) for label, path in labelled(folder)]
    painted_faces.work()
    truth: dict[str, str] = {}
    for label, record in pictures:
        found = naming.of_image(owner, record.image_id)
        if label and len(found) == 1 and found[0].vector:
            truth[found[0].pk] = label
    for face_id, label in truth.items():
        naming.name(owner, face_id, name=label)
    painted_faces.work()
    suggested = right = expected = 0
    for face_id, label in truth.items():
        face = Face.objects.get(pk=face_id)
        others = [other for other, name in truth.items() if name == label and other != face_id]
        Face.objects.filter(pk=face_id).update(person=None, state=Face.State.UNKNOWN)
        face.refresh_from_db()
        matching.match(face, consent.collection)
        best = Suggestion.objects.filter(face=face).order_by("-similarity").first()
        expected += bool(others)
        suggested += best is not None
        right += best is not None and best.person.name == label and bool(others)
        Face.objects.filter(pk=face_id).update(person=people.named(owner, owner.id, label)[0])
    figures.say(f"{len(pictures)} pictures, {len(truth)} labelled faces of {len(set(truth.values()))} people")
    figures.keep("faces.suggestions.precision", right / suggested if suggested else 1.0, "share", at_least=0.95)
    figures.keep("faces.suggestions.recall", right / expected if expected else 0.0, "share", at_least=0.8)


# How much it costs to look


def large_library(owner: Reader) -> None:
    """Rows of people and faces, a tenth of them unknown ones in groups, and the records of those that a page shows."""
    everybody = [
        Person(library=owner.id, name=f"Person {number}", folded_name=f"person {number}")
        for number in range(MAX_PEOPLE)
    ]
    Person.objects.bulk_create(everybody)
    rows = []
    for number in range(MAX_FACES):
        image_id = new_image_id()
        known = number % 10 > 0
        rows.append(
            Face(
                face_id=f"{image_id}-1",
                image_id=image_id,
                library=owner.id,
                left=0.1,
                top=0.1,
                width=0.2,
                height=0.2,
                confidence=99.0,
                quality=float(number % 97),
                vector=str(uuid.uuid4()),
                state=Face.State.NAMED if known else Face.State.UNKNOWN,
                person=everybody[number // 10 % MAX_PEOPLE] if known else None,
                cluster="" if known else f"group-{number // 100}",
            )
        )
    Face.objects.bulk_create(rows, batch_size=1000)
    face_projection.recount(person.pk for person in everybody)
    features = [person.feature for person in Person.objects.filter(library=owner.id).select_related("feature")]
    groups = [face for group in naming.clusters(owner) for face in group.faces]
    with Image.batch_write() as batch:
        for face in {face.image_id: face for face in [*features, *groups] if face}.values():
            batch.save(
                Image(
                    face.image_id,
                    owner=owner.id,
                    library=owner.id,
                    filename="a.jpg",
                    content_type="image/jpeg",
                    bytes=1,
                    version_id="1",
                    width=2400,
                    height=1800,
                    renditions={"large": ["jpeg", 600, 450, 40_000]},
                    face_collection="bench",
                )
            )


def people_pages() -> None:
    """The owner's and the console's, asked for as a browser asks, and answered to the last byte."""
    account = User.objects.create_user("bench", "bench@example.com", "darkroom")
    owner = Reader(account.pk)
    give(owner.id, by=owner.id)
    large_library(owner)
    create_groups()
    look("faces.people_page", account, "/people/", "Edit Person 199", at_most=10)
    look(
        "faces.console_people_page",
        World().user("face reviewer"),
        f"/admin/faces/people?library={owner.id}",
        "Person 199",
    )


def look(figure: str, account: User, address: str, last: str, *, at_most: float | None = None) -> None:
    """The second time somebody opens the page: the first one also loads templates and modules."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    client.get(address)
    with counted_calls() as calls, CaptureQueriesContext(connection) as statements:
        started = time.perf_counter()
        answer = client.get(address)
        milliseconds = 1000 * (time.perf_counter() - started)
    page = answer.content.decode()
    assert (answer.status_code, last in page) == (200, True)
    figures.say(f"{address.partition('?')[0]}: {page.count('<image ')} faces cut out; calls to AWS: {dict(calls)}")
    figures.keep(f"{figure}.statements", len(statements), "SQL", at_most=at_most)
    figures.keep(f"{figure}.milliseconds", milliseconds, "ms")
    figures.keep(f"{figure}.kilobytes", len(answer.content) / 1000, "KB")


# How long to forget


def forgetting_somebody(count: int) -> None:
    """Somebody with that many faces, killed after every second's worth of work and taken up again."""
    owner = painted_faces.consented()
    for _ in range(count):
        painted_faces.photo(owner, painted_faces.ANN)
    painted_faces.work()
    groups = naming.clusters(owner)
    for group in groups:
        naming.name_cluster(owner, group.cluster_id, name="Ann")
    painted_faces.work()
    ann = painted_faces.person("Ann", owner)
    assert ann.face_count == count
    needles = needles_of(Erasure.Kind.PERSON, ann.pk)
    erasure = jobs.start(Erasure.Kind.PERSON, ann.pk, by="bench", send=False)
    started, runs = time.perf_counter(), 0
    while not jobs.go_on(Erasure.objects.get(pk=erasure.pk), seconds=1):
        runs += 1
    figures.say(f"{count} faces, interrupted {runs} times; {len(needles)} things to look for")
    figures.keep("faces.forget.seconds", time.perf_counter() - started, "s")
    with as_administrator():
        figures.keep("faces.forget.traces", len(traces.find(needles)), "traces", at_most=0)


@contextmanager
def as_administrator() -> Iterator[None]:
    """A function may not list all there is."""
    profile = os.environ.pop("AWS_PROFILE")
    os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
    aws.reset()
    try:
        yield
    finally:
        del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        os.environ["AWS_PROFILE"] = profile
        aws.reset()


def main() -> None:
    from tests.local_aws.rekognition.stubs import Findings
    from tests.local_aws.rekognition.stubs import models as painted

    parser = argparse.ArgumentParser()
    parser.add_argument("--faces", type=Path, help="labelled pictures; without them, suggestions are not measured")
    parser.add_argument("--forget", type=int, default=500, help="faces of somebody who is forgotten")
    options, _ = parser.parse_known_args()
    figures.heading("Faces and people")
    EMULATOR.start()
    try:
        EMULATOR.provision()
        call_command("migrate", verbosity=0)
        people_pages()
        if options.faces:
            with recognition(packaged_models()):
                suggestions(options.faces)
        with recognition(painted(Findings())):
            forgetting_somebody(options.forget)
    finally:
        EMULATOR.stop()


if __name__ == "__main__":
    main()

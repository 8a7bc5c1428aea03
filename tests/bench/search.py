"""Search in a library of a thousand images and in one of a hundred thousand: units, calls and time for a page of 50.

The embedded AWS prices reads as DynamoDB does, but its Query walks the whole partition, so its times say nothing of
DynamoDB's. `--peers` measures times on dynalite, whose Query seeks as DynamoDB's does; it is installed for that alone.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from tests.support.aws import EMULATOR, free_port

django.setup()

from ulid import ULID  # noqa: E402 - after the environment is prepared

from media_pipeline.access.readers import Reader  # noqa: E402
from media_pipeline.aws import clients as aws  # noqa: E402
from media_pipeline.conf import conf  # noqa: E402
from media_pipeline.images import use_cases  # noqa: E402
from media_pipeline.record.models import Image, Term  # noqa: E402
from media_pipeline.search import terms  # noqa: E402
from media_pipeline.search.pages import Page  # noqa: E402
from media_pipeline.search.query import SearchQuery  # noqa: E402
from tests.bench import figures  # noqa: E402
from tests.bench.peers import DYNALITE_VERSION  # noqa: E402
from tests.support import hooks  # noqa: E402

SIZES = (1_000, 100_000)
PAGE = 50
ROUNDS = 15
SECONDS_APART = 400  # between two images: a hundred thousand in a year and a quarter
NEWEST = 1_790_000_000
# Which images carry a word, of every thousand; "even" and "odd" share none, which is the worst there is for them.
WORDS = {
    "lake": lambda number: number % 2 == 0,
    "dusk": lambda number: number % 3 == 0,
    "heron": lambda number: number % 1000 == 6,
    "even": lambda number: number % 4 == 0,
    "odd": lambda number: number % 4 == 1,
}
PERSON = "01JZZZZZZZZZZZZZZZZZZZZZZZ"  # is in every fifth image
QUERIES = {
    "newest": SearchQuery(),
    "one_word": SearchQuery(q="lake"),
    "two_common_words": SearchQuery(q="lake dusk"),
    "rare_and_common_word": SearchQuery(q="heron dusk"),
    "word_and_not_another": SearchQuery(q="lake -dusk"),
    "portrait": SearchQuery(orientation="portrait"),
    "one_person": SearchQuery(people=(PERSON,)),
    "words_never_together": SearchQuery(q="even odd"),
}
FLAT = ("newest", "one_word", "two_common_words", "word_and_not_another", "portrait", "one_person")


@dataclass(frozen=True, slots=True)
class Measured:
    units: float
    calls: int
    page: Page


def library(size: int) -> Reader:
    return Reader(f"bench-{size}")


def words_of(number: int) -> list[str]:
    return [word for word, carries in WORDS.items() if carries(number)]


def people_of(number: int) -> list[str]:
    return [terms.person_term(PERSON)] if number % 5 == 0 else []


def build(size: int) -> None:
    """All terms of the library; and the records that pages of QUERIES can come to, since others are never read."""
    reader, randomness = library(size), random.Random(size)  # noqa: S311 - the same every time
    ids = [
        str(ULID.from_bytes(((NEWEST - number * SECONDS_APART) * 1000).to_bytes(6, "big") + randomness.randbytes(10)))
        for number in range(size)
    ]
    with Term.batch_write() as batch:
        for number, image_id in enumerate(ids):
            for term in (terms.ALL, *map(terms.word_term, words_of(number)), *people_of(number)):
                batch.save(Term(f"{reader.id}|{term}", image_id))
    with Image.batch_write() as batch:
        for number, image_id in enumerate(ids):
            if number < 1_500 or "heron" in words_of(number):
                batch.save(_record(reader, image_id, number))


def _record(reader: Reader, image_id: str, number: int) -> Image:
    sides = (3000, 4000) if number % 3 == 0 else (4000, 3000)
    return Image(
        image_id,
        revision=3,
        owner=reader.id,
        library=reader.id,
        filename=f"IMG_{number}.jpg",
        tags=words_of(number),
        faces=[[f"{image_id}-1", 0.1, 0.1, 0.2, 0.2, 99.0, "", PERSON, "Ann"]] if people_of(number) else None,
        content_type="image/jpeg",
        bytes=3_000_000,
        version_id="1",
        format="jpeg",
        width=sides[0],
        height=sides[1],
    )


def measured(size: int, query: SearchQuery, after: str | None = None) -> Measured:
    reader = library(size)
    with hooks.read_units() as units, hooks.counted_calls() as calls, records_read() as records:
        page = use_cases.search(reader, query, size=PAGE, after=after)
    return Measured(units["terms"] + len(records) / 2, sum(calls.values()), page)


def milliseconds(query: SearchQuery) -> list[float]:
    """The median for each library, asked in turns: the machine may be busy with other things."""
    taken: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size, times in taken.items():
            started = time.perf_counter()
            use_cases.search(library(size), query, size=PAGE)
            times.append(1000 * (time.perf_counter() - started))
    return [statistics.median(times) for times in taken.values()]


@contextmanager
def records_read() -> Iterator[list[Any]]:
    """The records asked for within: half a unit each, as they are under 4 KB. The emulator does not price a batch."""
    records: list[Any] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        records.extend(params["RequestItems"][conf.media_table]["Keys"])

    with hooks.registered(["dynamodb"], "provide-client-params.{}.BatchGetItem", note):
        yield records


def compare(where: str, *, timed: bool) -> None:
    """Every query in both libraries; a page has to cost as much in the large one as in the small one."""
    for size in SIZES:
        started = time.perf_counter()
        build(size)
        figures.say(f"{size:,} images built in {time.perf_counter() - started:.0f} s on {where}")
    for name, query in QUERIES.items():
        small, large = (measured(size, query) for size in SIZES)
        for size, found in zip(SIZES, (small, large), strict=True):
            figures.keep(f"search.{where}.{name}.{size}.read_units", found.units, "RCU", at_most=350)
            figures.keep(f"search.{where}.{name}.{size}.calls", found.calls, "calls", at_most=110)
            figures.say(f"  {len(found.page.images)} images, {'more' if found.page.next else 'no more'}")
        if name in FLAT:
            figures.keep(f"search.{where}.{name}.units_ratio", large.units / small.units, "x", at_most=1)
        if timed:
            times = milliseconds(query)
            for size, time_taken in zip(SIZES, times, strict=True):
                figures.keep(f"search.{where}.{name}.{size}.milliseconds", time_taken, "ms")
            goal = 1.5 if name in FLAT else None
            figures.keep(f"search.{where}.{name}.time_ratio", times[1] / times[0], "x", at_most=goal)
    deep = measured(SIZES[1], QUERIES["one_word"], after=str(ULID.from_bytes(_half_way())))
    figures.keep(f"search.{where}.one_word.deep.read_units", deep.units, "RCU", at_most=26)


def _half_way() -> bytes:
    return ((NEWEST - 700 * SECONDS_APART) * 1000).to_bytes(6, "big") + bytes(10)


@contextmanager
def dynalite() -> Iterator[None]:
    """dynalite on 127.0.0.1 with our two tables, and our clients pointed at it."""
    home = Path(tempfile.gettempdir()) / "darkroom-bench-dynalite"
    home.mkdir(exist_ok=True)
    (home / "package.json").write_text("{}")
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise RuntimeError("dynalite needs Node and npm. Install them, or leave --peers out.")
    if not (home / "node_modules" / "dynalite").exists():
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", f"dynalite@{DYNALITE_VERSION}"]
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]
    command = [node, str(home / "node_modules" / "dynalite" / "cli.js"), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - what we just installed
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = f"http://127.0.0.1:{port}"
    aws.reset()
    try:
        _create_tables()
        yield
    finally:
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        aws.reset()
        process.terminate()
        process.wait(timeout=30)


def _create_tables() -> None:
    for name, keys in ((conf.media_table, ("image_id", "part")), (conf.terms_table, ("term", "image_id"))):
        _eventually(
            lambda name=name, keys=keys: aws.client("dynamodb").create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=True)
                ],
            )
        )
    aws.client("dynamodb").get_waiter("table_exists").wait(TableName=conf.terms_table, WaiterConfig={"Delay": 1})


def _eventually(attempt: Any) -> None:
    """Until the server listens; botocore itself tries four times."""
    for _ in range(20):
        try:
            attempt()
        except Exception as error:
            if not aws.is_temporary(error):
                raise
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("dynalite did not start")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=Path, help="for the other benchmarks")
    parser.add_argument("--peers", action="store_true", help="measure times on dynalite too")
    options, _ = parser.parse_known_args()
    figures.heading("Search: a page of 50, in 1,000 and in 100,000 images")
    EMULATOR.start()
    try:
        EMULATOR.provision()
        compare("emulator", timed=False)
        if options.peers:
            with dynalite():
                compare("dynalite", timed=True)
    finally:
        EMULATOR.stop()


if __name__ == "__main__":
    main()

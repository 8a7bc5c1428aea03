"""Which search terms an image has; docs/search.md has the reasons and the cost of each.

A term is an item `{library}|{term}` per image; ids sort by time, so reading backwards is newest first. A word is one
term, whoever said it: its owner, the camera, a label or the map. What most images of a library share is no term, for
reading the record tells it as cheaply. Terms may be ahead of the record or left over from it: the record, read at the
end, decides what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from zlib import crc32

from media_pipeline.conf import conf
from media_pipeline.record import faces, labels
from media_pipeline.record.models import Image, Term
from media_pipeline.search import kinds, places
from media_pipeline.search.words import fold, tokens, words

ALL = "all"
FACES = "faces"
TRASH = "trash"  # a term of a library; and, as a library of its own with days as terms, what is due to be purged
DAYS = "days"  # under it, for the trash as a library: the days on which something was put there, in place of ids
CONTENT = "sha256"  # across libraries: which images have these bytes; with the hash as term
SAID_WORDS = 20  # of title, file name and caption that become terms; those of tags all do
LABEL_WORDS = 10
TEXT_WORDS = 10
MAX_NUMBER_LENGTH = 5  # digits; longer ones in file names are dates and times, which nobody searches as words


def described_terms(record: Image) -> set[str]:
    """The terms that come from the owner; written at upload and changed with every edit."""
    tagged = dict.fromkeys(word for tag in record.tags or () for word in words(tag))
    spoken = chain(words(record.title or ""), _filename_words(record), words(record.caption or ""))
    more = islice((word for word in dict.fromkeys(spoken) if word not in tagged), SAID_WORDS)
    return {ALL, *map(word_term, chain(tagged, more)), *map(album_term, record.rank_by_album)}


def found_terms(record: Image) -> set[str]:
    """The terms that come from the pipeline; written before the record's last write."""
    found = set(map(word_term, _found_words(record)))
    if record.taken_at:
        found.add(month_term(record.taken_at[:7]))
    if lens := lens_name(record):
        found.add(f"lens:{fold(lens)}")
    if record.faces:
        found.add(FACES)
        found.update(map(person_term, people(record)))
    if record.latitude is not None and record.longitude is not None:
        found.update(places.cells(float(record.latitude), float(record.longitude)))
    return found | kinds.rare(record)


def all_terms(record: Image) -> set[str]:
    return described_terms(record) | found_terms(record)


def word_term(word: str) -> str:
    return f"word:{word}"


def album_term(album_id: str) -> str:
    return f"album:{album_id}"


def month_term(month: str) -> str:
    return f"taken:{month}"


def _filename_words(record: Image) -> list[str]:
    stem = record.filename.rpartition(".")[0] or record.filename
    return [word for word in words(stem) if not word.isdigit() or len(word) <= MAX_NUMBER_LENGTH]


def _found_words(record: Image) -> Iterator[str]:
    yield from words(camera_name(record))
    yield from words(record.place or "")
    yield from chain.from_iterable(map(words, people(record).values()))
    likely = sorted(labels.found(record), key=lambda label: -label.confidence)
    yield from islice(dict.fromkeys(word for label in likely for word in words(label.name)), LABEL_WORDS)
    yield from islice((word for word in words(record.text or "") if len(word) > 2), TEXT_WORDS)


def every_word(record: Image) -> frozenset[str]:
    """All that a query's words may mean of this image, whether a term leads there or not."""
    texts = [
        record.title or "",
        record.caption or "",
        record.filename,
        camera_name(record),
        record.place or "",
        record.text or "",
        *(record.tags or ()),
        *label_names(record),
        *people(record).values(),
    ]
    return frozenset(chain.from_iterable((*tokens(text), *words(text)) for text in texts))


def camera_name(record: Image) -> str:
    """Make and model in one, without the make twice: Canon writes "Canon" and "Canon EOS 40D"."""
    make, model = record.camera_make or "", record.camera_model or ""
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def lens_name(record: Image) -> str:
    return str((record.exif or {}).get("lens", ""))


def people(record: Image) -> dict[str, str]:
    """The names of the people in the image, by their ids."""
    return {face.person: face.name for face in faces.read(record.faces) if face.person}


def person_term(person: str) -> str:
    return f"person:{person}"


def label_names(record: Image) -> list[str]:
    return [label.name for label in labels.found(record)]


def write(library: str, terms: Iterable[str], image_id: str) -> None:
    with Term.batch_write() as batch:
        for term in sorted(terms):
            shard = crc32(image_id.encode()) % len(partitions(library, term))
            batch.save(Term(partitions(library, term)[shard], image_id))


def remove(library: str, terms: Iterable[str], image_id: str) -> None:
    """From every shard, since there may have been fewer of them when it was written."""
    with Term.batch_write() as batch:
        for term in sorted(terms):
            for partition in partitions(library, term):
                batch.delete(Term(partition, image_id))


def partitions(library: str, term: str) -> list[str]:
    """Where a term lies. The terms that every new image may have are spread, as DynamoDB takes 1,000 writes a second
    to one partition key; the first shard is the unspread key, so that the number can be raised at any time."""
    spread = term in {ALL, FACES} or term.startswith("taken:")
    key = f"{library}|{term}"
    return [key, *(f"{key}#{shard}" for shard in range(1, conf.term_shards if spread else 1))]


def ids(library: str, term: str, *, limit: int) -> list[str]:
    """The newest ids under a term that is not spread, at most `limit`."""
    newest = Term.query(f"{library}|{term}", scan_index_forward=False, limit=limit, page_size=limit)
    return [item.image_id for item in newest]


def with_content(sha256: str) -> list[Image]:
    """The images, of whatever library, that have or announced these bytes; up to 100."""
    return Image.load_many(ids(CONTENT, sha256, limit=100))

"""Which terms an image gets, and that they stay true whoever writes when."""

from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, Term, new_image_id
from media_pipeline.review import judgement
from media_pipeline.search import terms
from media_pipeline.search.places import Near
from media_pipeline.search.query import SearchQuery
from tests.search.stored_images import image
from tests.support.pictures import make_jpeg
from tests.support.pipeline import erase
from tests.support.uploads import processed, uploaded


def words_of(record: Image) -> list[str]:
    return sorted(term.partition(":")[2] for term in terms.all_terms(record) if term.startswith("word:"))


def test_a_word_is_one_term_whoever_said_it() -> None:
    record = image(title="Lake", tags=["lake"], labels=[["Lake", 99.0]], filename="lake.jpg", text="LAKE")
    assert terms.all_terms(record) == {"all", "word:lake"}


def test_words_of_tags_always_become_terms() -> None:
    """Others do up to their limit."""
    prose = " ".join(f"prose{number}" for number in range(50))
    labels = [[f"Label{number:02}", 50.0 + number] for number in range(30)]
    text = " ".join(f"text{number:02}" for number in range(30))
    record = image(tags=[f"tag{number}" for number in range(40)], title=prose, caption=prose, labels=labels, text=text)
    found = words_of(record)
    assert sum(word.startswith("tag") for word in found) == 40
    assert sum(word.startswith("prose") for word in found) == terms.SAID_WORDS
    assert [word for word in found if word.startswith("label")] == [f"label{number}" for number in range(20, 30)]
    assert [word for word in found if word.startswith("text")] == [f"text{number:02}" for number in range(10)]


def test_the_title_precedes_the_caption_when_words_are_many() -> None:
    record = image(title="dawn", caption=" ".join(f"prose{number}" for number in range(50)))
    assert {"dawn", "1234"} < set(words_of(record))


@pytest.mark.parametrize(
    ("filename", "words"),
    [("IMG_0042.jpg", ["0042"]), ("PXL_20260517_140359123.jpg", []), ("Lake house.jpg", ["house", "lake"])],
)
def test_of_file_names_what_cameras_make_up_is_no_term(filename: str, words: list[str]) -> None:
    assert words_of(image(filename=filename)) == words


def test_a_photo_of_a_phone_has_fourteen_terms() -> None:
    """Before anybody writes anything about it."""
    record = image(
        camera_make="Apple",
        camera_model="iPhone 12 Pro",
        exif={"lens": "iPhone 12 Pro back camera"},
        latitude=47.37,
        longitude=8.54,
        place="Zürich, Switzerland",
        taken_at="2026-05-17T14:03:59",
        colour="#2040e0",
        filename="IMG_1234.heic",
        format="heic",
    )
    assert len(terms.all_terms(record)) == 14
    assert "faces" not in terms.all_terms(record)


def test_the_words_of_a_place_are_terms_without_their_accents() -> None:
    assert words_of(image(place="Reykjavík, Iceland", filename="a.jpg")) == ["a", "iceland", "reykjavik"]


@pytest.mark.usefixtures("aws")
def test_what_the_pipeline_finds_is_found_by_a_search() -> None:
    reader = Reader(new_image_id())
    photo = make_jpeg(
        seed=701,
        make="Canon",
        model="Canon EOS 40D",
        lens="EF 50mm",
        taken_at="2026:05:17 14:03:59",
        latitude=47.37,
        longitude=8.54,
    )
    record = processed(photo, owner=reader.id)
    terms.write(reader.id, terms.described_terms(record), record.image_id)
    for query in (
        SearchQuery(q="40d"),
        SearchQuery(q="zurich"),
        SearchQuery(q="Canon ZÜRICH switzerland"),
        SearchQuery(lenses=("ef 50mm",)),
        SearchQuery(near=Near(47.4, 8.5, 10)),
        SearchQuery(size="small"),
    ):
        assert [found.image_id for found in use_cases.search(reader, query, size=5).images] == [record.image_id]


@pytest.mark.usefixtures("aws")
def test_a_word_edited_away_while_it_is_found_stays_a_term(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = Reader(new_image_id())
    record, version = uploaded(make_jpeg(seed=702, model="Walrus 9000"), owner=reader.id, tags=["walrus"])
    terms.write(reader.id, terms.described_terms(record), record.image_id)
    settle = judgement.open_review

    def edit_then_settle(settled: Image, twin: Image | None) -> None:
        """Between the pipeline's terms and its last write."""
        use_cases.edit(reader, record.image_id, Edit(tags=[]))
        assert not Term.count(f"{reader.id}|word:walrus")
        settle(settled, twin)

    monkeypatch.setattr(judgement, "open_review", edit_then_settle)
    run.process_object(version)
    assert [found.image_id for found in use_cases.search(reader, SearchQuery(q="walrus"), size=5).images] == [
        record.image_id
    ]


@pytest.mark.usefixtures("aws")
def test_an_erased_image_leaves_no_term() -> None:
    reader = Reader(new_image_id())
    record = processed(make_jpeg(seed=703, model="Canon EOS 40D", latitude=47.37, longitude=8.54), owner=reader.id)
    terms.write(reader.id, terms.described_terms(record), record.image_id)
    carried = [f"{reader.id}|{term}" for term in terms.all_terms(record)]
    assert all(Term.count(partition) for partition in carried)
    erase(record)
    assert not any(Term.count(partition) for partition in carried)

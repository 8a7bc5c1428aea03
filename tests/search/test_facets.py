from __future__ import annotations

import datetime as dt

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.record.models import Image, Term, new_image_id
from media_pipeline.search import terms
from media_pipeline.search.faceting import Facet, Facets, facets
from media_pipeline.search.query import SearchQuery
from tests.search.stored_images import id_of, image, stored
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def own() -> Reader:
    return Reader(new_image_id())


def test_an_empty_library_offers_nothing(own: Reader) -> None:
    found = use_cases.facets(own)
    assert (found.months, found.cameras, found.labels, found.tags, found.is_approximate) == ([], [], [], [], False)


def test_a_small_library_is_counted_exactly(own: Reader) -> None:
    stored(own.id, image_id=id_of("2026-04-30T23:59:59.999"), tags=["Sea"], camera_model="EOS R5")
    stored(own.id, image_id=id_of("2026-05-01"), tags=["sea", "sky"], labels=[["Snow", 90.0]])
    deleted = stored(own.id, image_id=id_of("2026-06-01"), tags=["sea"], camera_model="Gone")
    use_cases.delete(own, deleted.image_id)
    assert use_cases.facets(own) == Facets(
        months=[Facet("2026-05", 1), Facet("2026-04", 1)],
        cameras=[Facet("EOS R5", 1)],
        labels=[Facet("Snow", 1)],
        tags=[Facet("sea", 2), Facet("sky", 1)],
        is_approximate=False,
    )


def fill(library: str, count: int, **attributes: list[str]) -> None:
    """`count` images, two a day, without the detours of single writes."""
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    records = [
        image(
            library, image_id=id_of((start + dt.timedelta(hours=12 * n)).replace(tzinfo=None).isoformat()), **attributes
        )
        for n in range(count)
    ]
    with Term.batch_write() as batch:
        for record in records:
            for term in terms.all_terms(record):
                batch.save(Term(f"{library}|{term}", record.image_id))
    with Image.batch_write() as batch:
        for record in records:
            batch.save(record)


def test_a_large_library_is_sampled_and_what_is_found_is_counted(own: Reader) -> None:
    fill(own.id, 300, tags=["sea"], labels=[["Snow", 90.0]])
    old = id_of("2025-01-01T06:00")  # far from the newest
    stored(own.id, image_id=old, tags=["Heron"])
    with hooks.counted_calls() as calls:
        found = use_cases.facets(own)
    assert found.is_approximate
    assert found.tags == [Facet("sea", 300), Facet("Heron", 1)]
    assert found.labels == [Facet("Snow", 300)]
    assert [month.value for month in found.months] == ["2025-05", "2025-04", "2025-03", "2025-02", "2025-01"]
    assert [month.count for month in found.months] == [60, 60, 62, 56, 63]
    assert calls["dynamodb.BatchGetItem"] <= 4


def test_counting_ends_at_its_bound(own: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media_pipeline.search.faceting.COUNTED", 20)
    monkeypatch.setattr("media_pipeline.search.faceting.MAX_SAMPLED", 30)
    fill(own.id, 50, tags=["sea"])
    found = facets(own.id)
    assert found.tags == [Facet("sea", 20, is_more=True)]
    assert found.months == [Facet("2025-01", 20, is_more=True)]


def test_what_a_facet_offers_is_what_a_search_takes(own: Reader) -> None:
    record = stored(own.id, camera_make="Canon", camera_model="Canon EOS 40D", labels=[["Mountain Range", 90.0]])
    use_cases.edit(own, record.image_id, Edit(tags=["Ça & là"]))
    found = use_cases.facets(own)
    for query in (
        SearchQuery(cameras=(found.cameras[0].value,)),
        SearchQuery(labels=(found.labels[0].value,)),
        SearchQuery(tags=(found.tags[0].value,)),
    ):
        assert [hit.image_id for hit in use_cases.search(own, query, size=5).images] == [record.image_id]
    assert terms.camera_name(record) == found.cameras[0].value

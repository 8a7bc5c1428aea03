"""Removing an image from every store, so that repeating it after a crash finishes the job."""

from __future__ import annotations

from media_pipeline.albums import albums, links
from media_pipeline.faces import vectors
from media_pipeline.record.models import BLURRED, UNASKED, Image, ReviewState, original_key, rendition_key
from media_pipeline.review import judgement
from media_pipeline.search import likeness
from media_pipeline.search.terms import CONTENT, TRASH, described_terms, found_terms, remove
from media_pipeline.storage import buckets


def erase(record: Image) -> None:
    """Originals first and the record last: as long as the record is there, an interrupted erase can be found."""
    if record.review == ReviewState.CHILD_SAFETY:
        return  # evidence is preserved for a year from the report: 18 U.S.C. 2258A(h)
    vectors.remove(record)
    for version_id in _versions(record):
        buckets.delete_original_version(record.object_key, version_id)
    links.delete_of(record.owner, record.image_id)
    albums.remove_image(record)
    remove_traces(record)
    record.delete()


def _versions(record: Image) -> list[str]:
    """All of an announced key. Of an adopted object only its own: the key's other versions are other images."""
    if record.object_key == original_key(record.image_id):
        return buckets.original_versions(record.object_key)
    return [record.version_id] if record.version_id else []


def remove_traces(record: Image) -> None:
    """Renditions and terms. Also what a pipeline does that finds its image erased when it comes to write."""
    unasked = {**UNASKED, BLURRED: "jpeg"}  # stored maybe by an attempt that did not live to write it down
    keys = {rendition_key(record.image_id, name, format_) for name, format_ in unasked.items()}
    keys |= {rendition.key(record.image_id) for rendition in record.rendition_list}
    buckets.remove_renditions(sorted(keys))
    terms = described_terms(record) | found_terms(record) | {TRASH}
    remove(record.library, terms, record.image_id)
    if record.phash:
        likeness.remove(record.phash, record.image_id)
    if record.verdict_from:
        remove(judgement.HEIRS, [record.verdict_from], record.image_id)
    if record.sha256:
        remove(CONTENT, [record.sha256], record.image_id)

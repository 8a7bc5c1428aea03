"""Removing an image from every store, so that repeating it after a crash finishes the job."""

from __future__ import annotations

from media_pipeline import aws, judgement, likeness, search, storage
from media_pipeline.models import BLURRED, Image, ReviewState, rendition_key


def erase(record: Image) -> None:
    """Originals first and the record last: as long as the record is there, an interrupted erase can be found."""
    if record.review == ReviewState.CHILD_SAFETY:
        return  # evidence is preserved for a year from the report: 18 U.S.C. 2258A(h)
    for version_id in storage.original_versions(record.object_key):
        storage.delete_original_version(record.object_key, version_id)
    remove_traces(record)
    with aws.temporary_errors("DynamoDB"):
        record.delete()


def remove_traces(record: Image) -> None:
    """Renditions and terms. Also what a pipeline does that finds its image erased when it comes to write."""
    keys = [rendition.key(record.image_id) for rendition in record.rendition_list]
    if record.flags:
        keys.append(rendition_key(record.image_id, BLURRED, "jpeg"))
    if keys:
        storage.renditions().remove(keys)
    terms = search.said_terms(record) | search.found_terms(record) | {search.TRASH}
    search.remove(record.library, terms, record.image_id)
    if record.phash:
        likeness.remove(record.phash, record.image_id)
    if record.verdict_from:
        search.remove(judgement.HEIRS, [record.verdict_from], record.image_id)
    if record.sha256:
        search.remove(search.CONTENT, [record.sha256], record.image_id)

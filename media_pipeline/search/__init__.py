"""Finding images without a scan: by terms, of which each image has about a dozen, and by what its record says."""

from __future__ import annotations

from media_pipeline.search.faceting import Facet, Facets, facets, months
from media_pipeline.search.kinds import COLOURS, FORMATS, ORIENTATIONS, SIZES
from media_pipeline.search.pages import Page, live, page
from media_pipeline.search.places import FARTHEST_KM, Near
from media_pipeline.search.query import SearchQuery
from media_pipeline.search.related import related
from media_pipeline.search.terms import (
    ALL,
    CONTENT,
    DAYS,
    FACES,
    TRASH,
    album_term,
    all_terms,
    camera_name,
    found_terms,
    ids,
    label_names,
    partitions,
    person_term,
    remove,
    said_terms,
    with_content,
    write,
)
from media_pipeline.search.words import LONGEST_VALUE, fold

__all__ = [
    "ALL",
    "COLOURS",
    "CONTENT",
    "DAYS",
    "FACES",
    "FARTHEST_KM",
    "FORMATS",
    "LONGEST_VALUE",
    "ORIENTATIONS",
    "SIZES",
    "TRASH",
    "Facet",
    "Facets",
    "Near",
    "Page",
    "SearchQuery",
    "album_term",
    "all_terms",
    "camera_name",
    "facets",
    "find",
    "fold",
    "found_terms",
    "ids",
    "label_names",
    "live",
    "months",
    "page",
    "partitions",
    "person_term",
    "related",
    "remove",
    "said_terms",
    "with_content",
    "write",
]


def find(library: str, query: SearchQuery, *, size: int, after: str | None = None, before: str | None = None) -> Page:
    """A page of what the query asks for, newest first; fewer than `size` with a way on when its budget was spent."""
    return page(library, *query.wanted, size=size, after=after, before=before, span=query.span, keep=query.test)

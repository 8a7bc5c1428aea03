"""Where a list continues: an id, signed for one reader and one filter, in a link that says nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.search.pages import Page

OLDER, NEWER = "older", "newer"


@dataclass(frozen=True, slots=True)
class Position:
    """Continue with what is older than `after`, or newer than `before`; from the newest when both are None."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the cursors of one reader's list under one filter; those of another are refused."""

    reader: Reader
    filters: str

    def read(self, cursor: str | None) -> Position:
        if cursor is None:
            return Position()
        try:
            direction, image_id = signing.loads(cursor, salt=self._salt)
        except signing.BadSignature:
            raise InvalidRequestError(
                "This cursor does not belong to this list. Follow `next` or `previous`, or start without a cursor.",
                field="cursor",
            ) from None
        return Position(after=image_id) if direction == OLDER else Position(before=image_id)

    def links(self, request: Request, page: Page) -> dict[str, str | None]:
        return {
            "next": self._link(request, OLDER, page.next),
            "previous": self._link(request, NEWER, page.previous),
        }

    def _link(self, request: Request, direction: str, image_id: str | None) -> str | None:
        if image_id is None:
            return None
        here = remove_query_param(request.build_absolute_uri(), "cursor")
        return replace_query_param(here, "cursor", signing.dumps([direction, image_id], salt=self._salt))

    @property
    def _salt(self) -> str:
        return f"images|{self.reader.id}|{self.filters}"

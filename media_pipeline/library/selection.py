"""What people do with several photos at once: each call changes all that were chosen, and says how far it came."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from media_pipeline.access.readers import Reader
from media_pipeline.errors import ConflictError, DarkroomError, InvalidRequestError, NotFoundError, TemporaryError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.intake import descriptions
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.changes import happened, moved
from media_pipeline.library.image_ids import is_image_id
from media_pipeline.library.tiles import title_of
from media_pipeline.record.models import Image

MAX_CHOSEN = 100  # one BatchGetItem; and deleting each takes five more calls, within API Gateway's 29 seconds


@require_POST
@signed_in
def trash(request: LibraryRequest, reader: Reader) -> HttpResponse:
    chosen = _chosen(request, reader)
    done, stopped_by = _each(chosen, lambda record: use_cases.delete(reader, record.image_id))
    sentence = _sentence(done, chosen, "in the Trash.", stopped_by)
    return moved(request, _ids(done), "trashed", sentence, undo=True)


@require_POST
@signed_in
def restore(request: LibraryRequest, reader: Reader) -> HttpResponse:
    chosen = _chosen(request, reader)
    done, stopped_by = _each(chosen, lambda record: use_cases.restore(reader, record.image_id))
    return moved(request, _ids(done), "restored", _sentence(done, chosen, "back among your photos.", stopped_by))


@require_POST
@signed_in
def purge(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """Out of the trash for good."""
    chosen = [record for record in _chosen(request, reader) if record.deleted_at]
    done, stopped_by = _each(chosen, lambda record: use_cases.purge(reader, record.image_id))
    detail = {"ids": _ids(done), "sentence": _sentence(done, chosen, "deleted for good.", stopped_by)}
    return happened(request, "purged", detail, "trash")


@require_POST
@signed_in
def tags(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """One tag to `add` to all that lack it; or one to `remove`, which is how that is undone."""
    added, removed = request.POST.get("add", "").strip(), request.POST.get("remove", "").strip()
    if not added and not removed:
        raise InvalidRequestError("Type a tag first.")
    chosen = _chosen(request, reader)
    wanted = [(record, _retagged(record, added, removed)) for record in chosen]
    lacking = {record.image_id: tags for record, tags in wanted if tags != list(record.tags or ())}
    if not lacking:
        raise InvalidRequestError(f"They have the tag “{added}” already." if added else "They have no such tag.")
    concerned = [record for record in chosen if record.image_id in lacking]
    done, stopped_by = _each(
        concerned, lambda record: use_cases.edit(reader, record.image_id, Edit(tags=lacking[record.image_id]))
    )
    what = f"tagged “{added}”." if added else f"without the tag “{removed}” again."
    return moved(request, _ids(done), "tagged", _sentence(done, concerned, what, stopped_by), tag=added)


def _retagged(record: Image, added: str, removed: str) -> list[str]:
    kept = [tag for tag in record.tags or () if tag != removed]
    return descriptions.clean_tags([*kept, added])


def chosen_ids(request: LibraryRequest) -> list[str]:
    ids = list(dict.fromkeys(filter(is_image_id, request.POST.getlist("photo"))))
    if not ids:
        raise InvalidRequestError("Choose photos first.")
    if len(ids) > MAX_CHOSEN:
        raise InvalidRequestError(f"Up to {MAX_CHOSEN} photos can be changed at once. Choose fewer.")
    return ids


def _chosen(request: LibraryRequest, reader: Reader) -> list[Image]:
    records = use_cases.get_many(reader, chosen_ids(request))
    if not records:
        raise InvalidRequestError("Choose photos that are still there.")
    return records


def _each(records: list[Image], change: Callable[[Image], object]) -> tuple[list[Image], DarkroomError | None]:
    """Those that were changed, and what stopped the rest; what is done stays done, so it has to be said."""
    done: list[Image] = []
    for record in records:
        try:
            change(record)
        except NotFoundError:
            continue  # erased meanwhile
        except (TemporaryError, ConflictError, InvalidRequestError) as error:
            if not done:
                raise
            return done, error
        done.append(record)
    return done, None


def _sentence(done: list[Image], chosen: list[Image], what: str, stopped_by: DarkroomError | None) -> str:
    if not done and not stopped_by:
        return f"None of them is {what}"
    subject = f"“{title_of(done[0])}” is" if len(done) == 1 else wording.photos_are(len(done))
    missing = len(chosen) - len(done)
    rest = f" {missing} {'is' if missing == 1 else 'are'} not: {stopped_by}" if stopped_by else ""
    return f"{subject} {what}{rest}"


def _ids(records: list[Image]) -> list[str]:
    return [record.image_id for record in records]

"""What the page of faces asks in the background. One request a decision: it also brings the next faces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import BigAutoField
from django.template.loader import render_to_string
from rest_framework import serializers

from media_pipeline.api.requests import Input
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, NotFoundError
from moderation.access import call
from moderation.console import panel
from moderation.inputs import (
    MAX_BATCH_LENGTH,
    MAX_ID_LENGTH,
    NO_BOX,
    Chosen,
    Fields,
    Undoing,
    box_sides,
    ids,
    number,
    one_of,
    text,
)
from moderation.models import Face, FaceAct
from moderation.models.faces import MAX_NAME_LENGTH
from moderation.roles import May, Moderator
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes as face_boxes
from moderation.services.people import naming, people
from moderation.services.people import pictures as face_pictures
from moderation.services.people.naming import FaceTask
from moderation.services.people.pictures import Picture

AHEAD = 6  # the face at hand and the next five
MAX_LIBRARY_LENGTH = 150
NAMES = 8
LATEST = 50  # acts to look through for the one to undo


def _name(viewer: Moderator, face_id: str, fields: Fields) -> None:
    person, seen = fields["person"], fields["seen"]
    naming.name(viewer, face_id, person_id=person, name="" if person else fields["name"], seen=seen)


def _reject(viewer: Moderator, face_id: str, fields: Fields) -> None:
    naming.reject(viewer, face_id, fields["person"])


def _nobody(viewer: Moderator, face_id: str, fields: Fields) -> None:  # noqa: ARG001 - every act is asked the same way
    face_boxes.remove(viewer, face_id)


def _hide(viewer: Moderator, face_id: str, fields: Fields) -> None:  # noqa: ARG001 - see above
    naming.hide(viewer, face_id)


def _move_box(viewer: Moderator, fields: Fields) -> FaceAct:
    return face_boxes.move(viewer, fields["box"], Box(*fields["sides"]))


def _add_box(viewer: Moderator, fields: Fields) -> FaceAct:
    _, done = face_boxes.add(viewer, _image_id(fields), Box(*fields["sides"]))
    return done


def _remove_box(viewer: Moderator, fields: Fields) -> FaceAct:
    return face_boxes.remove(viewer, fields["box"])


def _undo_box(viewer: Moderator, fields: Fields) -> FaceAct:
    return face_acts.undo(viewer, fields["done"])


SKIP = "skip"
ACTS: dict[str, Callable[[Moderator, str, Fields], None]] = {
    "name": _name,
    "wrong": _reject,
    "nobody": _nobody,
    "hide": _hide,
}
CHANGES: dict[str, Callable[[Moderator, Fields], FaceAct]] = {
    "move": _move_box,
    "add": _add_box,
    "remove": _remove_box,
    "undo": _undo_box,
}
DRAWN = frozenset({"move", "add"})  # what needs a box


class Further(Input):
    """Which faces the page has, and how many it wants. `first` is for pages of cases, which share its script."""

    view = text("View", MAX_LIBRARY_LENGTH)
    first = text("First", MAX_ID_LENGTH)
    have = ids(default=list)
    want = number("Want", default=0)


class Decision(Further):
    act = one_of([*ACTS, SKIP])
    cases = ids(allow_empty=False)
    batch = text("Batch", MAX_BATCH_LENGTH)
    seen = text("Seen", MAX_ID_LENGTH)
    person = text("Person", MAX_ID_LENGTH)
    name = text("Name", MAX_NAME_LENGTH)


class Typing(Input):
    library = text("Library", MAX_LIBRARY_LENGTH)
    typed = text("Typed", MAX_NAME_LENGTH)


class BoxChange(Chosen):
    act = one_of(list(CHANGES))
    box = text("Box", MAX_ID_LENGTH)
    sides = box_sides()
    done = number("Done", default=0, min_value=0, max_value=BigAutoField.MAX_BIGINT)

    def validate(self, attrs: Fields) -> Fields:
        if attrs["act"] in DRAWN and "sides" not in attrs:
            raise serializers.ValidationError({"sides": NO_BOX})
        return attrs


@call(Further, May.TAG_FACE)
def more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    return _more(viewer, fields)


@call(Decision, May.TAG_FACE)
def decide(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """One act on one face. What somebody else has changed since it was shown is told, and left as they made it."""
    face_id = fields["cases"][0]
    problems = {}
    if fields["act"] == SKIP:
        naming.give_back(viewer, face_id)
    elif problem := _changed(viewer, face_id, fields["seen"]):
        problems[face_id] = problem
    else:
        ACTS[fields["act"]](viewer, face_id, fields)
    return {"problems": problems, **_more(viewer, fields, but=face_id)}


@call(Undoing, May.TAG_FACE)
def undo(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Take back the latest act of one's own on the face."""
    problems = {}
    for face_id in fields["cases"]:
        try:
            face_acts.undo(viewer, _latest_act(viewer, face_id))
        except (ConflictError, NotFoundError) as error:
            problems[face_id] = str(error)
    return {"problems": problems}


@call(Typing, May.TAG_FACE)
def names(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """People of the face's library whose names begin as somebody types."""
    library, typed = fields["library"], fields["typed"]
    cards = people.cards(viewer, library, starting_with=typed, size=NAMES) if typed.strip() else []
    shown = [card.person for card in cards]
    pictures = face_pictures.of(viewer, [person.feature for person in shown if person.feature])
    return {"people": render_to_string("console/names.html", {"people": shown, "pictures": pictures})}


@call(Chosen, May.TAG_FACE)
def boxes(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """All faces of the image that this one is in."""
    return {"boxes": _boxes(viewer, _image_id(fields))}


@call(BoxChange, May.TAG_FACE)
def change(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Move, add or remove a box; answers with the boxes as they are now, and the act that undoes it."""
    done = CHANGES[fields["act"]](viewer, fields)
    return {"done": done.pk, "boxes": _boxes(viewer, _image_id(fields))}


def _changed(viewer: Moderator, face_id: str, seen: str) -> str:
    try:
        face = naming.task(viewer, face_id).face
    except NotFoundError as error:
        return str(error)
    if (face.person_id or "") != seen:
        name = face.person.name if face.person else "nobody"
        return f"Somebody else has named this {name} meanwhile."
    return "" if seen or face.state in Face.WAITING else "Somebody else has hidden this face meanwhile."


def _latest_act(viewer: Moderator, face_id: str) -> int:
    for act in FaceAct.objects.filter(by=viewer.id, undone_at=None).order_by("-pk")[:LATEST]:
        if face_id in act.details.get("before", ()) or face_id in act.details.get("boxes", {}).get("touched", ()):
            return act.pk
    raise NotFoundError("There is no act of yours on this face to undo.")


def _more(viewer: Moderator, fields: Fields, but: str = "") -> dict[str, Any]:
    library, have = fields["view"], fields["have"]
    wanted = max(0, min(AHEAD, fields["want"]))
    tasks = naming.uncertain(viewer, library=library, size=wanted, but=[*have, but])
    shown = [task.face for task in tasks]
    shown += [one.person.feature for task in tasks for one in task.candidates if one.person.feature]
    pictures = face_pictures.of(viewer, shown)
    return {
        "cases": [_sent(task, pictures) for task in tasks],
        "waiting": naming.count_uncertain(viewer, library=library),
    }


def _sent(task: FaceTask, pictures: dict[str, Picture]) -> dict[str, Any]:
    """A face as the page gets it: what the keys need to know, and the rest as HTML."""
    face, picture = task.face, pictures.get(task.face.image_id)
    shown = {"face": face, "candidates": task.candidates, "picture": picture, "pictures": pictures}
    return {
        "id": face.pk,
        "library": face.library,
        "seen": face.person_id or "",
        "photo": picture.url if picture and picture.url else "",
        "w": picture.width if picture else 4,
        "h": picture.height if picture else 3,
        "box": f"M{face.left:g} {face.top:g}h{face.width:g}v{face.height:g}h{-face.width:g}z",
        "panel": panel.compact(render_to_string("console/face_panel.html", shown)),
    }


def _image_id(fields: Fields) -> str:
    """From the face's id: the face itself may have been removed."""
    face_id: str = fields["cases"][0]
    return face_id.rpartition("-")[0]


def _boxes(viewer: Moderator, image_id: str) -> list[dict[str, Any]]:
    return [_box(face) for face in naming.of_image(viewer, image_id)]


def _box(face: Face) -> dict[str, Any]:
    return {
        "id": face.pk,
        "name": face.person.name if face.person else "",
        "hidden": face.state == Face.State.HIDDEN,
        "sides": [face.left, face.top, face.width, face.height],
    }

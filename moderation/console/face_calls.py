"""What the page of faces asks in the background. One request a decision: it also brings the next faces."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from moderation.access import Fields, call
from moderation.console import inputs
from moderation.models import Face, FaceAct
from moderation.roles import May, Moderator
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes as face_boxes
from moderation.services.people import naming, people
from moderation.services.people import pictures as face_pictures
from moderation.services.people.naming import FaceTask
from moderation.services.people.pictures import Picture

AHEAD = 6  # the face at hand and the next five
NAMES = 8
LATEST = 50  # acts to look through for the one to undo


@call(inputs.MoreFaces, May.TAG_FACE)
def more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    return _more(viewer, fields)


@call(inputs.FaceDecision, May.TAG_FACE)
def decide(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """One act on one face. What somebody else has changed since it was shown is told, and left as they made it."""
    face_id = fields["cases"][0]
    problems = {}
    if fields["act"] == "skip":
        naming.give_back(viewer, face_id)
    else:
        problem = _changed(viewer, face_id, fields["seen"])
        if problem:
            problems[face_id] = problem
        else:
            _act(viewer, face_id, fields)
    return {"problems": problems, **_more(viewer, fields, but=face_id)}


@call(inputs.Cases, May.TAG_FACE)
def undo(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Take back the latest act of one's own on the face."""
    problems = {}
    for face_id in fields["cases"]:
        try:
            face_acts.undo(viewer, _latest_act(viewer, face_id))
        except (ConflictError, NotFoundError) as error:
            problems[face_id] = str(error)
    return {"problems": problems}


@call(inputs.TypedName, May.TAG_FACE)
def names(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """People of the face's library whose names begin as somebody types."""
    library, typed = fields["library"], fields["typed"]
    cards = people.cards(viewer, library, starting_with=typed, size=NAMES) if typed.strip() else []
    shown = [card.person for card in cards]
    pictures = face_pictures.of(viewer, [person.feature for person in shown if person.feature])
    return {"people": render_to_string("console/names.html", {"people": shown, "pictures": pictures})}


@call(inputs.Cases, May.TAG_FACE)
def boxes(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """All faces of the image that this one is in."""
    return {"boxes": _boxes(viewer, _image_id(fields))}


@call(inputs.BoxChange, May.TAG_FACE)
def change(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Move, add or remove a box; answers with the boxes as they are now, and the act that undoes it."""
    image_id = _image_id(fields)
    match fields["act"]:
        case "move":
            done = face_boxes.move(viewer, fields["box"], _sides(fields))
        case "add":
            done = face_boxes.add(viewer, image_id, _sides(fields))[1]
        case "remove":
            done = face_boxes.remove(viewer, fields["box"])
        case _:
            done = face_acts.undo(viewer, fields["done"])
    return {"done": done.pk, "boxes": _boxes(viewer, image_id)}


def _act(viewer: Moderator, face_id: str, fields: Fields) -> None:
    person, name = fields["person"], fields["name"]
    match fields["act"]:
        case "name":
            naming.name(viewer, face_id, person_id=person, name="" if person else name, seen=fields["seen"])
        case "wrong":
            naming.reject(viewer, face_id, person)
        case "nobody":
            face_boxes.remove(viewer, face_id)
        case _:
            naming.hide(viewer, face_id)


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
        "panel": render_to_string("console/face_panel.html", shown),
    }


def _image_id(fields: Fields) -> str:
    """From the face's id: the face itself may have been removed."""
    image_id: str = fields["cases"][0].rpartition("-")[0]
    return image_id


def _boxes(viewer: Moderator, image_id: str) -> list[dict[str, Any]]:
    return [_box(face) for face in naming.of_image(viewer, image_id)]


def _box(face: Face) -> dict[str, Any]:
    known = {"id": face.pk, "name": face.person.name if face.person else "", "hidden": face.state == Face.State.HIDDEN}
    return {**known, "sides": [face.left, face.top, face.width, face.height]}


def _sides(fields: Fields) -> Box:
    if not fields["sides"]:
        raise InvalidRequestError("A box is four fractions of the picture's sides.", field="sides")
    return Box(*fields["sides"])

"""DetectLabels: ImageNet's classes with their ancestors, and faces."""

from __future__ import annotations

from typing import Any

from config.local_aws.detectors.models import Models
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.errors import invalid_parameter
from config.local_aws.rekognition.face_details import bounding_box
from config.local_aws.rekognition.label_taxonomy import Label, label, with_ancestors
from config.local_aws.rekognition.pictures import Picture

DEFAULT_MIN_CONFIDENCE, DEFAULT_MAX_LABELS = 55.0, 1000
VERSION = "local-efficientnet-lite0-1"
FACE = Label("Face", ("Head", "Person"), "Person Description")


class Labels:
    def __init__(self, models: Models) -> None:
        self.models = models

    def detect_labels(self, request: dict[str, Any]) -> dict[str, Any]:
        if "IMAGE_PROPERTIES" in request.get("Features", ()):
            raise invalid_parameter(
                "Request has invalid parameters: the local Rekognition measures no IMAGE_PROPERTIES."
            )
        picture = pictures.read(request["Image"])
        found = self._classes(picture)
        for name, entry in self._faces(picture).items():
            if name not in found or found[name]["Confidence"] < entry["Confidence"]:
                found[name] = entry
        least = request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE)
        wanted = _filter(request.get("Settings", {}).get("GeneralLabels", {}))
        labels = [entry for entry in found.values() if entry["Confidence"] >= least and wanted(entry)]
        labels.sort(key=lambda entry: entry["Confidence"], reverse=True)
        return {
            "Labels": labels[: request.get("MaxLabels") or DEFAULT_MAX_LABELS],
            "LabelModelVersion": VERSION,
        }

    def _classes(self, picture: Picture) -> dict[str, dict[str, Any]]:
        """Every class and ancestor. An ancestor is as sure as all its classes together: three cats make one cat."""
        classifier = self.models.classes.get()
        found: dict[str, dict[str, Any]] = {}
        for number, probability in enumerate(classifier.classify(picture.pixels)):
            for one in with_ancestors(label(number, classifier.names[number])):
                if one.name not in found:
                    found[one.name] = _entry(one)
                entry = found[one.name]
                entry["Confidence"] = min(100.0, entry["Confidence"] + 100 * float(probability))
        return found

    def _faces(self, picture: Picture) -> dict[str, dict[str, Any]]:
        """ImageNet knows no people: they are known by their faces."""
        if self.models.faces.reason:
            return {}
        faces = self.models.faces.get().detect(picture.pixels)
        found = {}
        for one in with_ancestors(FACE) if faces else ():
            found[one.name] = {**_entry(one), "Confidence": max(face.confidence for face in faces)}
        if faces:
            found["Face"]["Instances"] = [
                {"BoundingBox": bounding_box(face.box), "Confidence": face.confidence} for face in faces
            ]
        return found


def _entry(one: Label) -> dict[str, Any]:
    return {
        "Name": one.name,
        "Confidence": 0.0,
        "Instances": [],
        "Parents": [{"Name": name} for name in one.ancestors],
        "Aliases": [],
        "Categories": [{"Name": one.category}] if one.category else [],
    }


def _filter(settings: dict[str, list[str]]) -> Any:
    """The caller's filters by label and by category; what is not excluded is included, unless inclusions are named."""
    includes = settings.get("LabelInclusionFilters", []), settings.get("LabelCategoryInclusionFilters", [])
    excludes = settings.get("LabelExclusionFilters", []), settings.get("LabelCategoryExclusionFilters", [])

    def named(entry: dict[str, Any], names: list[str], categories: list[str]) -> bool:
        return entry["Name"] in names or any(category["Name"] in categories for category in entry["Categories"])

    return lambda entry: (not any(includes) or named(entry, *includes)) and not named(entry, *excludes)

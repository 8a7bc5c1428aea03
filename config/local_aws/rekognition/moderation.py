"""DetectModerationLabels: a nudity score and a few object classes as labels of Rekognition's taxonomy, version 7.

https://docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.local_aws.detectors.models import Models
from config.local_aws.rekognition import pictures

DEFAULT_MIN_CONFIDENCE = 50.0
# Object classes are weak evidence: a confidence below this says nothing, whatever the caller's MinConfidence is.
MIN_OBJECT_CONFIDENCE = 50.0

Chain = tuple[str, ...]  # from level 1 down
EXPLICIT: Chain = ("Explicit",)  # one score cannot tell the levels below
OBJECTS: tuple[tuple[Chain, tuple[int, ...]], ...] = (
    (("Violence", "Weapons"), (413, 763, 764)),
    (("Alcohol", "Alcoholic Beverages"), (440, 441, 907, 966)),
    (("Swimwear or Underwear", "Female Swimwear or Underwear"), (445, 459, 639)),
    (("Swimwear or Underwear", "Male Swimwear or Underwear"), (842,)),
    (("Gambling",), (800,)),
)
COMIC = 917


class Moderation:
    def __init__(self, models: Models) -> None:
        self.models = models

    def detect_moderation_labels(self, request: dict[str, Any]) -> dict[str, Any]:
        picture = pictures.read(request["Image"])
        found: list[tuple[Chain, float]] = [(EXPLICIT, 100 * self.models.nudity.get().score(picture.pixels))]
        version, content_types = "local-opennsfw-1", []
        if not self.models.classes.reason:
            classes = self.models.classes.get().classify(picture.pixels)
            found += [(chain, confidence) for chain, numbers in OBJECTS if (confidence := _sure(classes, numbers))]
            content_types = [{"Name": "Illustrated", "Confidence": c} for c in [_sure(classes, (COMIC,))] if c]
            version += "+efficientnet-lite0"
        least = request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE)
        return {
            "ModerationLabels": moderation_labels([(chain, sure) for chain, sure in found if sure >= least]),
            "ModerationModelVersion": version,
            "ContentTypes": content_types,
        }


def moderation_labels(found: list[tuple[Chain, float]]) -> list[dict[str, Any]]:
    """Each chain's label and, as Rekognition does, all above it; a parent is as sure as the surest below it."""
    labels: dict[str, dict[str, Any]] = {}
    for chain, confidence in sorted(found, key=lambda item: item[1], reverse=True):
        for level in range(len(chain), 0, -1):
            name = chain[level - 1]
            label = {"Name": name, "ParentName": chain[level - 2] if level > 1 else "", "TaxonomyLevel": level}
            labels.setdefault(name, {**label, "Confidence": confidence})
    return list(labels.values())


def _sure(classes: NDArray[np.float32], numbers: tuple[int, ...]) -> float:
    """The confidence that the picture shows one of these classes; 0 when too weak to be said."""
    confidence = 100 * float(classes[list(numbers)].sum())
    return min(100.0, confidence) if confidence >= MIN_OBJECT_CONFIDENCE else 0.0

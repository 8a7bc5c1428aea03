"""DetectText: lines, each followed by its words."""

from __future__ import annotations

from typing import Any

from config.local_aws.detectors.geometry import Box
from config.local_aws.detectors.models import Models
from config.local_aws.detectors.text_lines import Word
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.face_details import bounding_box

VERSION = "local-pp-ocr-6"
MAX_WORDS = 100


class Text:
    def __init__(self, models: Models) -> None:
        self.models = models

    def detect_text(self, request: dict[str, Any]) -> dict[str, Any]:
        picture = pictures.read(request["Image"])
        filters = request.get("Filters", {})
        detections: list[dict[str, Any]] = []
        words = 0
        for line in self.models.text.get().read(picture.pixels):
            kept = [word for word in line.words if _wanted(word, filters)][: MAX_WORDS - words]
            if not kept:
                continue
            words += len(kept)
            parent = len(detections)
            detections.append({**_detection(line), "Type": "LINE", "Id": parent})
            for word in kept:
                detections.append({**_detection(word), "Type": "WORD", "Id": len(detections), "ParentId": parent})
        return {"TextDetections": detections, "TextModelVersion": VERSION}


def _detection(word: Word) -> dict[str, Any]:
    return {
        "DetectedText": word.text,
        "Confidence": word.confidence,
        "Geometry": {
            "BoundingBox": bounding_box(_box(word)),
            "Polygon": [{"X": point.x, "Y": point.y} for point in word.corners],
        },
    }


def _box(word: Word) -> Box:
    left, top = min(point.x for point in word.corners), min(point.y for point in word.corners)
    right, bottom = max(point.x for point in word.corners), max(point.y for point in word.corners)
    return Box(left, top, right - left, bottom - top)


def _wanted(word: Word, filters: dict[str, Any]) -> bool:
    """Whether a word is sure and large enough and lies, by its centre, in a region of interest."""
    least, box = filters.get("WordFilter", {}), _box(word)
    if (
        word.confidence < least.get("MinConfidence", 0)
        or box.height < least.get("MinBoundingBoxHeight", 0)
        or box.width < least.get("MinBoundingBoxWidth", 0)
    ):
        return False
    regions = [region["BoundingBox"] for region in filters.get("RegionsOfInterest", []) if "BoundingBox" in region]
    x, y = box.left + box.width / 2, box.top + box.height / 2
    return not regions or any(
        region.get("Left", 0) <= x <= region.get("Left", 0) + region.get("Width", 1)
        and region.get("Top", 0) <= y <= region.get("Top", 0) + region.get("Height", 1)
        for region in regions
    )

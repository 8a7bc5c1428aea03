"""The check that every other test rests on has to find what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from config.local_aws.rekognition.input_shapes import service_model
from tests.local_aws.rekognition.shapes import complaints_about

FACE = {"FaceId": "01234567-89ab-cdef-0123-456789abcdef", "Confidence": 99.5, "BoundingBox": {"Left": 0.5}}


def test_a_right_answer_has_no_complaints() -> None:
    assert complaints_about(service_model().shape_for("Face"), FACE, "Face") == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"Colour": "red"}, "Face.Colour is unknown"),
        ({"FaceId": "face-1"}, "Face.FaceId is 'face-1'"),
        ({"Confidence": 100.5}, "Face.Confidence is 100.5"),
        ({"Confidence": "99"}, "not a float"),
        ({"BoundingBox": {"Left": "0.5"}}, "Face.BoundingBox.Left"),
        ({"BoundingBox": {"Right": 0.5}}, "Face.BoundingBox.Right is unknown"),
    ],
)
def test_a_wrong_answer_is_complained_about(wrong: dict[str, Any], complaint: str) -> None:
    (found,) = complaints_about(service_model().shape_for("Face"), {**FACE, **wrong}, "Face")
    assert complaint in found

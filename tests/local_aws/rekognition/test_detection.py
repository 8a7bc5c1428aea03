from __future__ import annotations

from typing import Any

import pytest

from tests.local_aws.rekognition.stubs import BLUE, GREEN, RED, Findings, line, picture

IMAGE = {"Bytes": picture()}
TABBY, TIGER_CAT, CONVERTIBLE, RIFLE, REVOLVER, RED_WINE, COMIC_BOOK = 281, 282, 511, 764, 763, 966, 917


# Faces


def test_a_picture_without_people_has_no_faces(rekognition: Any) -> None:
    assert rekognition.detect_faces(Image=IMAGE)["FaceDetails"] == []


def test_faces_come_largest_first_with_the_default_attributes(rekognition: Any) -> None:
    image = {"Bytes": picture(RED, GREEN, BLUE)}
    faces = rekognition.detect_faces(Image=image, Attributes=["ALL"])["FaceDetails"]
    assert [face["BoundingBox"]["Left"] for face in faces] == pytest.approx([0.05, 0.29, 0.525], abs=0.01)
    for face in faces:
        assert set(face) == {"BoundingBox", "Landmarks", "Pose", "Quality", "Confidence"}
        assert [mark["Type"] for mark in face["Landmarks"]] == [
            "eyeLeft",
            "eyeRight",
            "nose",
            "mouthLeft",
            "mouthRight",
        ]


# Moderation


def test_a_safe_picture_has_a_model_version_and_no_labels(rekognition: Any) -> None:
    answer = rekognition.detect_moderation_labels(Image=IMAGE)
    assert answer["ModerationLabels"] == []
    assert answer["ContentTypes"] == []
    assert "local" in answer["ModerationModelVersion"]


def test_the_nudity_score_is_the_confidence_of_explicit(rekognition: Any, findings: Findings) -> None:
    findings.nudity = 0.625
    (label,) = rekognition.detect_moderation_labels(Image=IMAGE)["ModerationLabels"]
    assert label == {"Name": "Explicit", "ParentName": "", "TaxonomyLevel": 1, "Confidence": 62.5}


@pytest.mark.parametrize(("score", "least", "count"), [(0.49, None, 0), (0.5, None, 1), (0.31, 30, 1), (0.29, 30, 0)])
def test_min_confidence_is_fifty_by_default(
    rekognition: Any, findings: Findings, score: float, least: float | None, count: int
) -> None:
    findings.nudity = score
    asked = {} if least is None else {"MinConfidence": least}
    assert len(rekognition.detect_moderation_labels(Image=IMAGE, **asked)["ModerationLabels"]) == count


def test_a_label_brings_its_parents_as_sure_as_itself(rekognition: Any, findings: Findings) -> None:
    findings.classes = {RIFLE: 0.5, REVOLVER: 0.25, RED_WINE: 0.75}
    labels = rekognition.detect_moderation_labels(Image=IMAGE)["ModerationLabels"]
    assert {(one["Name"], one["ParentName"], one["TaxonomyLevel"], one["Confidence"]) for one in labels} == {
        ("Weapons", "Violence", 2, 75.0),
        ("Violence", "", 1, 75.0),
        ("Alcoholic Beverages", "Alcohol", 2, 75.0),
        ("Alcohol", "", 1, 75.0),
    }


def test_weak_object_classes_flag_nothing(rekognition: Any, findings: Findings) -> None:
    findings.classes = {RIFLE: 0.45}
    assert rekognition.detect_moderation_labels(Image=IMAGE, MinConfidence=0)["ModerationLabels"] == [
        {"Name": "Explicit", "ParentName": "", "TaxonomyLevel": 1, "Confidence": 0.0}
    ]


def test_a_comic_is_illustrated(rekognition: Any, findings: Findings) -> None:
    findings.classes = {COMIC_BOOK: 0.75}
    answer = rekognition.detect_moderation_labels(Image=IMAGE)
    assert answer["ContentTypes"] == [{"Name": "Illustrated", "Confidence": 75.0}]


# Labels


def test_a_label_brings_its_ancestors_as_labels(rekognition: Any, findings: Findings) -> None:
    findings.classes = {CONVERTIBLE: 0.75}
    labels = {label["Name"]: label for label in rekognition.detect_labels(Image=IMAGE)["Labels"]}
    assert set(labels) == {"Class 511", "Car", "Vehicle", "Transportation"}
    assert labels["Car"]["Parents"] == [{"Name": "Vehicle"}, {"Name": "Transportation"}]
    assert labels["Car"]["Categories"] == [{"Name": "Vehicles and Automotive"}]


def test_an_ancestor_is_as_sure_as_all_its_classes_together(rekognition: Any, findings: Findings) -> None:
    findings.classes = {TABBY: 0.375, TIGER_CAT: 0.5}
    labels = {one["Name"]: one["Confidence"] for one in rekognition.detect_labels(Image=IMAGE)["Labels"]}
    assert labels == {"Cat": 87.5, "Mammal": 87.5, "Animal": 87.5}
    found = rekognition.detect_labels(Image=IMAGE, MinConfidence=40, MaxLabels=4)["Labels"]
    assert [one["Name"] for one in found if one["Confidence"] == 50.0] == ["Tiger cat"]


def test_people_are_known_by_their_faces(rekognition: Any) -> None:
    labels = {one["Name"]: one for one in rekognition.detect_labels(Image={"Bytes": picture(RED, BLUE)})["Labels"]}
    assert set(labels) == {"Face", "Head", "Person"}
    assert len(labels["Face"]["Instances"]) == 2


def test_labels_can_be_filtered_by_name_and_category(rekognition: Any, findings: Findings) -> None:
    findings.classes = {TABBY: 0.75}

    def names(**filters: list[str]) -> set[str]:
        settings = {"GeneralLabels": filters}
        image = {"Bytes": picture(RED)}
        return {one["Name"] for one in rekognition.detect_labels(Image=image, Settings=settings)["Labels"]}

    assert names(LabelInclusionFilters=["Cat"]) == {"Cat"}
    assert "Cat" not in names(LabelExclusionFilters=["Cat"])
    assert names(LabelCategoryInclusionFilters=["Person Description"]) == {"Face", "Head", "Person"}
    assert not names(LabelCategoryExclusionFilters=["Animals and Pets"]) & {"Cat", "Animal"}


def test_image_properties_are_refused_rather_than_invented(rekognition: Any) -> None:
    with pytest.raises(rekognition.exceptions.InvalidParameterException, match="IMAGE_PROPERTIES"):
        rekognition.detect_labels(Image=IMAGE, Features=["IMAGE_PROPERTIES"])


# Text


def test_a_line_is_followed_by_its_words(rekognition: Any, findings: Findings) -> None:
    findings.lines = [line("Grand Hotel"), line("Room", top=0.5)]
    found = rekognition.detect_text(Image=IMAGE)["TextDetections"]
    assert [(one["Id"], one["Type"], one["DetectedText"], one.get("ParentId")) for one in found] == [
        (0, "LINE", "Grand Hotel", None),
        (1, "WORD", "Grand", 0),
        (2, "WORD", "Hotel", 0),
        (3, "LINE", "Room", None),
        (4, "WORD", "Room", 3),
    ]


def test_at_most_a_hundred_words_are_read(rekognition: Any, findings: Findings) -> None:
    findings.lines = [line("one two three", top=0.01 * number) for number in range(50)]
    found = rekognition.detect_text(Image=IMAGE)["TextDetections"]
    assert sum(one["Type"] == "WORD" for one in found) == 100


@pytest.mark.parametrize(
    "filters",
    [
        {"WordFilter": {"MinConfidence": 96}},
        {"WordFilter": {"MinBoundingBoxHeight": 0.06}},
        {"WordFilter": {"MinBoundingBoxWidth": 0.2}},
        {"RegionsOfInterest": [{"BoundingBox": {"Left": 0.5, "Top": 0.5, "Width": 0.5, "Height": 0.5}}]},
    ],
)
def test_words_are_filtered(rekognition: Any, findings: Findings, filters: dict[str, Any]) -> None:
    findings.lines = [line("Hotel")]
    assert len(rekognition.detect_text(Image=IMAGE)["TextDetections"]) == 2
    assert rekognition.detect_text(Image=IMAGE, Filters=filters)["TextDetections"] == []

"""The content policies that decisions name. Leads edit them; a change is a new version."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.models import ContentPolicy


@dataclass(frozen=True, slots=True)
class Default:
    """A policy to start with. `labels` are of Rekognition's top level (taxonomy 7)."""

    code: str
    title: str
    severity: int
    reference: str
    text: str
    labels: tuple[str, ...] = ()
    ground: str = ContentPolicy.Ground.TERMS


DEFAULTS = (
    Default(
        "sexual-content",
        "Sexual content",
        3,
        "Terms of service, section 4.1",
        "We do not host sexual content or nudity.",
        ("Explicit", "Non-Explicit Nudity of Intimate parts and Kissing", "Swimwear or Underwear"),
    ),
    Default(
        "violence",
        "Violence and gore",
        4,
        "Terms of service, section 4.2",
        "We do not host images that show violence, weapons in use, injuries or death.",
        ("Violence", "Visually Disturbing"),
    ),
    Default(
        "hate",
        "Hate and harassment",
        4,
        "Terms of service, section 4.3",
        "We do not host symbols of hate, nor images that attack people for who they are.",
        ("Hate Symbols", "Rude Gestures"),
    ),
    Default(
        "drugs-gambling",
        "Drugs, alcohol, gambling",
        2,
        "Terms of service, section 4.4",
        "We do not host images that promote drugs, tobacco, alcohol or gambling.",
        ("Drugs & Tobacco", "Alcohol", "Gambling"),
    ),
    Default(
        "personal-data",
        "Somebody's personal data",
        3,
        "GDPR, article 6",
        "The image shows personal data of somebody who did not agree to it.",
        ground=ContentPolicy.Ground.LAW,
    ),
    Default(
        "spam", "Spam, or not a photo", 1, "Terms of service, section 5.1", "The image is advertising or not a photo."
    ),
)


def create_defaults() -> None:
    """Give an empty installation policies to start with; what is there stays as it is."""
    if ContentPolicy.objects.exists():
        return
    ContentPolicy.objects.bulk_create(
        ContentPolicy(
            number=number,
            code=default.code,
            title=default.title,
            severity=default.severity,
            reference=default.reference,
            text=default.text,
            labels=list(default.labels),
            ground=default.ground,
        )
        for number, default in enumerate(DEFAULTS, start=1)
    )

"""A moderator's piece of work: what the record of an image says of its review, and who is at it.

All but lease, assignee and skips can be made again from the record (`manage.py reconcile`).
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

SLA_MINUTES = {5: 60, 4: 60, 3: 240, 2: 720, 1: 1440}  # from flagged to decided, by severity


def marked(ids: list[str]) -> str:
    """Ids as one text in which each can be found: |a|b|; SQLite cannot search in JSON."""
    return "".join(f"|{id_}" for id_ in ids) + "|" if ids else ""


class ReviewCase(models.Model):
    """One image that waits, or waited, for people. Child-safety cases are not here: see ChildSafetyCase."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SECOND = "second", "Second review"
        ESCALATED = "escalated", "Escalated"
        APPEALED = "appealed", "Appealed"
        DECIDED = "decided", "Decided"

    class Verdict(models.TextChoices):
        ALLOW = "allow", "Allowed"
        RESTRICT = "restrict", "Restricted"
        REMOVE = "remove", "Removed"

    class Source(models.TextChoices):
        LABEL = "label", "Above threshold"
        KNOWN_HASH = "known_hash", "Known image"
        NEAR_DUPLICATE = "near_duplicate", "Looks like another"
        REPORT = "report", "Reported"
        NOT_JUDGEABLE = "not_judgeable", "Not judgeable"
        SAMPLE = "sample", "Random sample"

    WAITING: ClassVar = (State.OPEN, State.SECOND, State.ESCALATED, State.APPEALED)

    image_id = models.CharField("case", primary_key=True, max_length=26)
    revision = models.PositiveBigIntegerField()
    owner = models.CharField(max_length=150, db_index=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    is_gone = models.BooleanField("in the trash or erased", default=False)

    source = models.CharField("why", max_length=20, choices=Source)
    label = models.CharField(max_length=100, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    threshold = models.FloatField(null=True, blank=True)
    severity = models.PositiveSmallIntegerField(default=1)
    reports = models.PositiveIntegerField(default=0)
    group = models.CharField("duplicates", max_length=26, db_index=True)

    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    flagged_at = models.DateTimeField()
    due_at = models.DateTimeField("due")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    policy = models.CharField(max_length=40, blank=True)
    decided_by = models.CharField(max_length=26, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    deciders = models.TextField(blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_cases"
    )
    leased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="leased_cases", editable=False
    )
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    skipped_by = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = "case"
        verbose_name_plural = "queue"
        ordering = ["due_at", "image_id"]
        default_permissions = ("view",)
        permissions = [
            ("decide_case", "Can decide cases"),
            ("decide_second", "Can give the second review"),
            ("review_escalation", "Can decide escalated cases and reopen decided ones"),
            ("decide_appeal", "Can decide appeals"),
            ("decide_childsafety", "Can see and handle child-safety cases"),
            ("assign_case", "Can assign cases"),
            ("view_metrics", "Can see the dashboard"),
            ("view_moderator_metrics", "Can see figures by moderator"),
            ("operate", "Can handle dead letters and failed images"),
            ("tag_face", "Can name and correct faces"),
            ("erase_biometrics", "Can erase people's biometric data"),
        ]
        indexes = [
            models.Index(fields=["state", "due_at", "image_id"], name="case_by_due"),
            models.Index(fields=["state", "label", "due_at"], name="case_by_label"),
            models.Index(fields=["state", "source", "due_at"], name="case_by_source"),
            models.Index(fields=["state", "confidence"], name="case_by_confidence"),
            models.Index(fields=["leased_by", "leased_until"], name="case_by_lease"),
            models.Index(fields=["decided_at"], name="case_by_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.image_id[-6:]} {self.headline}"

    @property
    def headline(self) -> str:
        """What it is about in a few words."""
        if self.label and self.confidence is not None:
            return f"{self.label} {self.confidence:.1f} %"
        if self.source == self.Source.REPORT and self.reports > 1:
            return f"Reported by {self.reports} people"
        return self.get_source_display()

    @property
    def is_leased(self) -> bool:
        return self.leased_until is not None and self.leased_until > timezone.now()

    @property
    def seconds_left(self) -> int:
        """Until it is due; negative when it is late."""
        return int((self.due_at - timezone.now()).total_seconds())

    @property
    def minutes_left(self) -> int:
        return self.seconds_left // 60


def due(flagged_at: dt.datetime, severity: int) -> dt.datetime:
    return flagged_at + dt.timedelta(minutes=SLA_MINUTES[severity])


class ChildSafetyCase(models.Model):
    """An image that nobody may see, kept as evidence. Its own table: no list, count or search of others can show it."""

    image_id = models.CharField("case", primary_key=True, max_length=26)
    revision = models.PositiveBigIntegerField()
    held_at = models.DateTimeField()
    held_because = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField("report's reference", max_length=100, blank=True)

    class Meta:
        verbose_name = "child-safety case"
        ordering = ["held_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.image_id

"""What is not allowed here, and from which confidence on a person looks: both versioned."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class ContentPolicy(models.Model):
    """A rule that a decision names. A change makes a new version; decisions keep the one they were made under."""

    class Ground(models.TextChoices):
        TERMS = "terms", "Against the terms of service"
        LAW = "law", "Illegal content"

    code = models.SlugField(max_length=40, unique=True, help_text="What decisions and audit entries name.")
    number = models.PositiveSmallIntegerField(
        "key", unique=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(max_length=80)
    text = models.TextField("what it says to the owner")
    ground = models.CharField(max_length=10, choices=Ground, default=Ground.TERMS)
    reference = models.CharField("clause or law", max_length=120)
    severity = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1), MaxValueValidator(5)])
    labels = models.JSONField(
        default=list, blank=True, help_text="Labels of the top level that suggest this policy, as a JSON list."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"
        ordering = ["number"]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Thresholds(models.Model):
    """The confidence, by label, from which an image is flagged. Rows are never changed: a change is a new version."""

    version = models.PositiveIntegerField(primary_key=True)
    default_threshold = models.FloatField(default=80, validators=PERCENT)
    by_label = models.JSONField(default=dict, blank=True)
    sample_rate = models.FloatField("share reviewed at random", default=0.001)
    second_review_rate = models.FloatField("share reviewed twice", default=0.02)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "thresholds"
        verbose_name_plural = "thresholds"
        ordering = ["-version"]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"Version {self.version}"

"""What Rekognition found in recent images, to try thresholds on before they are in force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Score(models.Model):
    """An image with any label, for DAYS days; `verdict` is what people said of it, "" when nobody was asked."""

    DAYS: ClassVar = 90

    image_id = models.CharField(primary_key=True, max_length=26)
    at = models.DateTimeField(db_index=True)
    labels = models.JSONField()  # [[name, parent, level, confidence], ...]
    is_sample = models.BooleanField(default=False)  # reviewed at random: the only ones that tell what thresholds miss
    verdict = models.CharField(max_length=10, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.image_id

"""How the pipeline ended with each image of the last days, as the table's stream told it: what health is read from."""

from __future__ import annotations

from django.db import models


class PipelineRun(models.Model):
    class Outcome(models.TextChoices):
        READY = "ready", "Ready"
        IN_REVIEW = "in_review", "In review"
        REJECTED = "rejected", "Rejected"  # as copies of what people have removed are, at once
        FAILED = "failed", "Failed"

    image_id = models.CharField(primary_key=True, max_length=26)
    outcome = models.CharField(max_length=10, choices=Outcome)
    seconds = models.FloatField()  # from the moment the image was announced
    retries = models.PositiveSmallIntegerField()
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.image_id} {self.outcome}"

"""The entries of the images' audit chains, as lines to filter, export and check."""

from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """A copy of one entry; the chain in the image's record is the original (media_pipeline/review/audit.py)."""

    image_id = models.CharField("image", max_length=26)
    position = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=26)
    what = models.CharField(max_length=20)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit"
        ordering = ["-at", "-position"]
        default_permissions = ("view",)
        permissions = [("export_audit", "Can export the audit")]
        constraints = [models.UniqueConstraint(fields=["image_id", "position"], name="one_line_an_entry")]
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["by", "at"], name="audit_by_person"),
            models.Index(fields=["what", "at"], name="audit_by_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"

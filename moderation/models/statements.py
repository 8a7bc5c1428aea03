"""What the owner of an image is told of a decision."""

from __future__ import annotations

import datetime as dt

from django.db import models


class Statement(models.Model):
    """A statement of reasons (Digital Services Act, article 17), or its retraction.

    It waits before it is sent, so that an undo within that time leaves no trace at the owner's.
    """

    DELAY = dt.timedelta(seconds=60)  # before it is sent

    class Kind(models.TextChoices):
        REASONS = "reasons", "Statement of reasons"
        RETRACTION = "retraction", "Retraction"

    image_id = models.CharField("image", max_length=26, db_index=True)
    entry = models.CharField(max_length=64)  # the hash of the audit entry that it tells of
    owner = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REASONS)
    body = models.JSONField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "statement to an owner"
        verbose_name_plural = "statements to owners"
        ordering = ["-due_at"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["entry", "kind"], name="one_statement_an_entry")]
        indexes = [models.Index(fields=["sent_at", "due_at"], name="statement_by_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.image_id}"

"""What moderators see of bad images, and how they want to work."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Exposure(models.Model):
    """How many images a moderator revealed on a day, and for how long; not which."""

    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exposures")
    day = models.DateField()
    reveals = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["moderator", "day"], name="one_exposure_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.reveals}"


class ConsoleSettings(models.Model):
    """A moderator's own; `keys` holds what differs from the defaults, {action: key}."""

    moderator = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="console_settings")
    keys = models.JSONField(default=dict, blank=True)
    keys_off = models.BooleanField("switch single-letter keys off", default=False)
    in_colour = models.BooleanField("reveal in colour instead of grey", default=False)
    toggle_reveal = models.BooleanField("Space toggles instead of holding, and hides after 5 seconds", default=False)
    break_minutes = models.PositiveSmallIntegerField("minutes to a break", default=25)
    reveal_limit = models.PositiveSmallIntegerField("reveals to a break", default=100)
    digest = models.BooleanField("an e-mail each morning while cases wait", default=True, db_default=True)
    digest_on = models.DateField(null=True, editable=False)  # the last day that was seen to

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Settings of {self.moderator_id}"

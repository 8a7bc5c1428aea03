"""One e-mail a morning to whoever can decide what waits, instead of one an image."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Count, Min, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from media_pipeline.conf import conf
from moderation.durations import duration
from moderation.models import ConsoleSettings, User
from moderation.roles import Moderator, moderator
from moderation.services.cases import saved_views

logger = logging.getLogger(__name__)

HOUR = 6  # UTC


def send_due() -> int:
    """Write to those who were not seen to today; how many letters that made."""
    now = timezone.now()
    if now.hour < HOUR:
        return 0
    return sum(_see_to(user, now) for user in _unseen(now.date()))


def _unseen(today: dt.date) -> QuerySet[User]:
    staff = User.objects.filter(is_active=True, is_staff=True, groups__isnull=False).exclude(email="")
    seen_to = Q(console_settings__digest=False) | Q(console_settings__digest_on__gte=today)
    return staff.exclude(seen_to).distinct()


def _see_to(user: User, now: dt.datetime) -> bool:
    """Marked first: a crash in between costs a letter, the other way round it would be sent every five minutes."""
    kept, _ = ConsoleSettings.objects.get_or_create(moderator=user)
    unseen = ConsoleSettings.objects.filter(Q(digest_on=None) | Q(digest_on__lt=now.date()), pk=kept.pk, digest=True)
    if not unseen.update(digest_on=now.date()):
        return False
    text = letter(moderator(user), now)
    if not text:
        return False
    try:
        return bool(send_mail("Images wait for you", text, settings.DEFAULT_FROM_EMAIL, [user.email]))
    except OSError:
        logger.exception("a digest could not be sent")
        ConsoleSettings.objects.filter(pk=kept.pk).update(digest_on=kept.digest_on)
        return False


def letter(viewer: Moderator, now: dt.datetime) -> str:
    """How much waits for this person, and how long; nothing of any image. Empty when nothing waits."""
    cases = saved_views.waiting().filter(saved_views.decidable(viewer))
    severities = list(cases.values("severity").annotate(count=Count("pk")).order_by("-severity"))
    if not severities:
        return ""
    oldest = cases.aggregate(oldest=Min("flagged_at"))["oldest"]
    context = {
        "severities": severities,
        "count": sum(found["count"] for found in severities),
        "late": cases.filter(due_at__lt=now).count(),
        "oldest": duration(int((now - oldest).total_seconds() // 60)),
        "review": conf.site_url + reverse("admin:review"),
        "settings": conf.site_url + reverse("admin:console_settings"),
    }
    return render_to_string("console/digest.txt", context)

"""The queue: what waits, what was decided, and many cases decided in one stroke."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.access import viewer_of
from moderation.admin import bulk
from moderation.admin.filters import AgeFilter, ConfidenceFilter, OwnerFilter, StateFilter, ViewFilter
from moderation.admin.permissions import ByRole
from moderation.durations import duration
from moderation.models import ReviewCase, User
from moderation.roles import May
from moderation.services.cases import bundles, saved_views

TONES = {
    ReviewCase.State.OPEN: "processing",
    ReviewCase.State.SECOND: "review",
    ReviewCase.State.ESCALATED: "review",
    ReviewCase.State.APPEALED: "failed",
}
VERDICT_TONES = {"allow": "ready", "restrict": "failed", "remove": "rejected"}
BAR = 64


@admin.register(ReviewCase)
class QueueAdmin(ByRole):
    may_view = May.VIEW_CASE
    list_display = ["tile", "number", "what", "severity", "source", "due", "copies", "owner_name", "assignee", "status"]
    list_display_links = None
    list_filter = [
        StateFilter,
        ViewFilter,
        ConfidenceFilter,
        AgeFilter,
        ("label", admin.AllValuesFieldListFilter),
        "source",
        OwnerFilter,
        ("assignee", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["assignee"]
    search_fields = ["image_id"]  # what it really searches is below
    search_help_text = "Case, file name, owner or SHA-256"
    ordering = ["due_at"]
    actions = [bulk.allow, bulk.remove, bulk.restrict, bulk.escalate, bulk.reopen, bulk.assign_to_me, bulk.give_back]
    change_form_template = "console/case.html"
    fields = [
        "image_id", "filename", "owner", "state", "verdict", "policy", "source", "label", "confidence", "threshold",
        "severity", "reports", "flagged_at", "due_at", "decided_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewCase]:  # noqa: ARG002
        same = ReviewCase.objects.filter(group=OuterRef("group"), is_gone=False).order_by()
        size = same.values("group").annotate(size=Count("pk")).values("size")
        name = User.objects.filter(pk=OuterRef("owner")).values("username")
        return ReviewCase.objects.annotate(
            group_size=Coalesce(Subquery(size, output_field=IntegerField()), 1),
            owner_username=Coalesce(Subquery(name), F("owner")),
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        """`tile` signs for whoever looks; the admin gives its columns no request."""
        self.request = request
        return super().get_list_display(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReviewCase], search_term: str
    ) -> tuple[QuerySet[ReviewCase], bool]:
        """By whole id or its last six, start of the file name, owner's name or id, or hash."""
        term = search_term.strip()
        if not term:
            return super().get_search_results(request, queryset, "")
        found = Q(image_id=term.upper()) | Q(filename__istartswith=term) | Q(owner=term) | Q(sha256=term.lower())
        found |= Q(owner__in=User.objects.filter(username__iexact=term).values("pk"))
        if len(term) == 6:
            found |= Q(image_id__endswith=term.upper())
        return queryset.filter(found), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        viewer = viewer_of(request)
        counts = saved_views.counts(viewer)
        chosen = request.GET.get("view", "all")
        context = {
            "title": "Queue",
            "saved_views": [
                {"name": view.name, "title": view.title, "count": counts[view.name], "current": view.name == chosen}
                for view in saved_views.VIEWS
                if counts[view.name] or view.name in {"all", chosen}
            ],
            "chosen_view": chosen,
            "may_review": any(map(viewer.may, saved_views.WHO_DECIDES.values())),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        viewer = viewer_of(request)
        case = self.get_object(request, object_id)
        shown = bundles.bundles(viewer, [case]) if case and viewer.may(May.VIEW_CASE) else []
        context = {"case": case, "bundle": shown[0] if shown else None}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    # Columns

    @admin.display(description="Image")
    def tile(self, case: ReviewCase) -> SafeString:
        url = bundles.tile_url(viewer_of(self.request), case)
        return format_html('<img class="tile" src="{}" alt="" width="72" height="54" loading="lazy">', url)

    @admin.display(description="Case", ordering="image_id")
    def number(self, case: ReviewCase) -> SafeString:
        waits = case.state in ReviewCase.WAITING and not case.is_gone
        name = "admin:review_case" if waits else "admin:moderation_reviewcase_change"
        return format_html('<a class="mono" href="{}">{}</a>', reverse(name, args=[case.pk]), case.pk[-6:])

    @admin.display(description="Top label", ordering="confidence")
    def what(self, case: ReviewCase) -> SafeString:
        if case.confidence is None:
            return format_html('<span class="quiet">{}</span>', "No label")
        threshold = (case.threshold or 0) * BAR / 100
        return format_html(
            '{}<span class="score"><svg viewBox="0 0 {bar} 12" aria-hidden="true">'
            '<rect class="ground" y="4" width="{bar}" height="4" rx="2"/>'
            '<rect class="level" y="3" width="{score}" height="6" rx="2"/>'
            '<line x1="{limit}" x2="{limit}" y1="0" y2="12"/></svg><span class="mono">{text}</span></span>',
            case.label,
            bar=BAR,
            score=round(case.confidence * BAR / 100, 1),
            limit=round(threshold, 1),
            text=f"{case.confidence:.1f}",
        )

    @admin.display(description="Due", ordering="due_at")
    def due(self, case: ReviewCase) -> SafeString:
        if case.state not in ReviewCase.WAITING:
            return format_html('<span class="quiet">{}</span>', "-")
        minutes = case.minutes_left
        total = (case.due_at - case.flagged_at).total_seconds() / 60
        tone = "over" if minutes < 0 else "soon" if minutes < total / 4 else ""
        moment = case.due_at.isoformat()
        text = f"{duration(abs(minutes))} {'over' if minutes < 0 else 'left'}"
        return format_html('<time class="sla {}" datetime="{}" title="{}">{}</time>', tone, moment, moment, text)

    @admin.display(description="Same", ordering="group_size")
    def copies(self, case: ReviewCase) -> str:
        size: int = case.group_size  # type: ignore[attr-defined]
        return f"×{size}" if size > 1 else "-"

    @admin.display(description="Owner", ordering="owner_username")
    def owner_name(self, case: ReviewCase) -> SafeString:
        return format_html('<a href="?owner={}">{}</a>', case.owner, case.owner_username)  # type: ignore[attr-defined]

    @admin.display(description="State", ordering="state")
    def status(self, case: ReviewCase) -> SafeString:
        if case.is_gone:
            return format_html('<span class="state">{}</span>', "Gone")
        if case.verdict and case.state == ReviewCase.State.DECIDED:
            return format_html(
                '<span class="state {}">{}</span>', VERDICT_TONES[case.verdict], case.get_verdict_display()
            )
        word = "In review" if case.is_leased else case.get_state_display()
        return format_html('<span class="state {}">{}</span>', TONES.get(ReviewCase.State(case.state), ""), word)

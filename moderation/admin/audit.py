"""The audit: per image and per person, filtered, exported, and checked against the images' own chains."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.access import viewer_of
from moderation.admin.permissions import ByRole
from moderation.models import AuditLine, User
from moderation.roles import May
from moderation.services.cases import auditing


@admin.action(description="Export as CSV", permissions=["export"])
def export(modeladmin: Any, request: HttpRequest, queryset: QuerySet[AuditLine]) -> StreamingHttpResponse:  # noqa: ARG001
    lines = auditing.csv_lines(viewer_of(request), queryset.order_by("at", "image_id", "position"))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(AuditLine)
class AuditAdmin(ByRole):
    may_view = May.VIEW_AUDIT
    list_display = ["moment", "who", "what", "image", "term", "seal"]
    list_display_links = None
    list_filter = ["what", ("at", admin.DateFieldListFilter)]
    search_fields = ["image_id"]
    search_help_text = "Image, or a person's name"
    date_hierarchy = "at"
    actions = [export]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).may(May.EXPORT_AUDIT)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditLine], search_term: str
    ) -> tuple[QuerySet[AuditLine], bool]:
        term = search_term.strip()
        if not term:
            return super().get_search_results(request, queryset, "")
        people = User.objects.filter(username__iexact=term).values("pk")
        return queryset.filter(Q(image_id=term.upper()) | Q(by=term) | Q(by__in=people)), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditLine]:
        return auditing.with_names(super().get_queryset(request))

    @admin.display(description="When", ordering="at")
    def moment(self, line: AuditLine) -> str:
        return f"{line.at:%d %b %Y, %H:%M:%S}"

    @admin.display(description="Who", ordering="by")
    def who(self, line: AuditLine) -> str:
        return str(line.name or line.by)  # type: ignore[attr-defined]

    @admin.display(description="Image", ordering="image_id")
    def image(self, line: AuditLine) -> SafeString:
        return format_html('<a class="mono" href="?q={}">{}</a>', line.image_id, line.image_id[-6:])

    @admin.display(description="Details")
    def term(self, line: AuditLine) -> SafeString:
        return format_html('<span class="mono long">{}</span>', json.dumps(line.details, ensure_ascii=False)[:160])

    @admin.display(description="Seal")
    def seal(self, line: AuditLine) -> SafeString:
        return format_html('<span class="mono" title="{}">{}</span>', line.hash, line.hash[:8])

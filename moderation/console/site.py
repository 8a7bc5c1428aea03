"""Django's admin as the moderators' console: stock lists and forms, and pages of our own inside it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse

from moderation.access import viewer_of
from moderation.console import (
    api_keys,
    calls,
    dashboard,
    face_calls,
    faces,
    groups,
    operations,
    people,
    privacy,
    review,
    settings,
    thresholds,
)
from moderation.roles import May, Moderator
from moderation.services.cases import saved_views

# Title, name of the URL, and what one must be allowed to do one of.
LINKS: tuple[tuple[str, str, tuple[May, ...]], ...] = (
    ("Review", "review", tuple(saved_views.WHO_DECIDES.values())),
    ("Queue", "moderation_reviewcase_changelist", (May.VIEW_CASE,)),
    ("Child safety", "moderation_childsafetycase_changelist", (May.DECIDE_CHILD_SAFETY,)),
    ("Faces", "faces", (May.TAG_FACE,)),
    ("Dashboard", "dashboard", (May.VIEW_METRICS,)),
    ("Policies", "moderation_contentpolicy_changelist", (May.VIEW_POLICY,)),
    ("Thresholds", "thresholds", (May.VIEW_THRESHOLDS,)),
    ("Operations", "operations", (May.OPERATE,)),
    ("API keys", "api_keys", (May.OPERATE,)),
    ("Audit", "moderation_auditline_changelist", (May.VIEW_AUDIT,)),
    ("Privacy", "privacy", (May.ERASE_BIOMETRICS,)),
    ("Settings", "console_settings", (*review.DECIDERS, May.TAG_FACE)),
)


class ConsoleSite(AdminSite):
    site_header = site_title = "Darkroom"
    index_title = "Moderation"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        ours: list[URLPattern | URLResolver] = [
            path("review", review.review, name="review"),
            path("review/calls/more", calls.more, name="review_more"),
            path("review/calls/decide", calls.decide, name="review_decide"),
            path("review/calls/undo", calls.undo, name="review_undo"),
            path("review/calls/keep", calls.keep, name="review_keep"),
            path("review/calls/release", calls.release, name="review_release"),
            path("review/calls/reveal", calls.reveal, name="review_reveal"),
            path("review/<str:image_id>", review.review, name="review_case"),
            path("faces", faces.stream, name="faces"),
            path("faces/calls/more", face_calls.more, name="faces_more"),
            path("faces/calls/decide", face_calls.decide, name="faces_decide"),
            path("faces/calls/undo", face_calls.undo, name="faces_undo"),
            path("faces/calls/names", face_calls.names, name="faces_names"),
            path("faces/calls/boxes", face_calls.boxes, name="faces_boxes"),
            path("faces/calls/change", face_calls.change, name="faces_change"),
            path("faces/undo", groups.undo, name="faces_undo_act"),
            path("faces/groups", groups.groups, name="face_groups"),
            path("faces/groups/<str:cluster_id>", groups.group, name="face_group"),
            path("faces/people", people.overview, name="people"),
            path("faces/people/<str:person_id>", people.person, name="person"),
            path("privacy", privacy.privacy, name="privacy"),
            path("settings", settings.settings, name="console_settings"),
            path("dashboard", dashboard.dashboard, name="dashboard"),
            path("thresholds", thresholds.thresholds_page, name="thresholds"),
            path("operations", operations.operations, name="operations"),
            path("api-keys", api_keys.keys, name="api_keys"),
        ]
        return ours + super().get_urls()

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """There is one page to sign in; it knows no addresses of other sites."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if request.user.is_authenticated:
            context["console_links"] = links(request, viewer_of(request))
        return context


def links(request: HttpRequest, viewer: Moderator) -> list[dict[str, Any]]:
    """The pages that this person may open; the current one is marked."""
    allowed = [(title, reverse(f"admin:{name}")) for title, name, may in LINKS if any(map(viewer.may, may))]
    return [
        {
            "title": title,
            "url": url,
            "current": request.path.startswith(url) and not request.path.startswith(url + "/calls"),
        }
        for title, url in allowed
    ]

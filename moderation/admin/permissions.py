"""Django's admin asks its questions; the answers come from roles, where being a superuser counts for nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from moderation.access import viewer_of
from moderation.roles import May


class ByRole(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its stubs only
    """A list of which `may_view` says who sees it; nothing in it is added, changed or deleted by hand."""

    may_view: ClassVar[May]
    list_per_page = 100
    show_full_result_count = False
    actions_selection_counter = True

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return viewer_of(request).may(self.may_view)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

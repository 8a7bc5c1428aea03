"""Policies: what decisions name. A change makes a new version."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from moderation.access import viewer_of
from moderation.admin.permissions import ByRole
from moderation.models import ContentPolicy, Statement
from moderation.roles import May


@admin.register(ContentPolicy)
class PolicyAdmin(ByRole):
    may_view = May.VIEW_POLICY
    list_display = ["title", "number", "severity", "ground", "reference", "version", "is_active"]
    list_filter = ["is_active", "ground"]
    fields = ["title", "code", "number", "version", "severity", "ground", "reference", "text", "labels", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).may(May.EDIT_POLICY)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return viewer_of(request).may(May.EDIT_POLICY)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("version", "code") if obj else ("version",)  # decisions and audit entries name the code

    def save_model(self, request: HttpRequest, obj: ContentPolicy, form: forms.Form, change: bool) -> None:
        if change and form.changed_data:
            obj.version += 1
        super().save_model(request, obj, form, change)


@admin.register(Statement)
class StatementAdmin(ByRole):
    may_view = May.VIEW_STATEMENT
    list_display = ["image_id", "kind", "due_at", "sent_at"]
    list_filter = ["kind", ("sent_at", admin.EmptyFieldListFilter)]
    search_fields = ["=image_id"]
    fields = ["image_id", "kind", "due_at", "sent_at", "body"]

"""Accounts and their roles. Only superusers change them; what a role may do is fixed by `manage.py create_groups`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest

from media_pipeline.access import access_tokens
from moderation.models import User
from moderation.services.operations import api_keys


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg] # generic in its stubs only
    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            api_keys.revoke_all_of(str(request.user.pk), obj)
            access_tokens.end(obj.pk)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[User],
        formsets: Iterable[BaseModelFormSet[Any, Any]],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        if change and "groups" in form.changed_data:
            access_tokens.end(form.instance.pk)  # they carry the roles of before

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        api_keys.revoke_all_of(str(request.user.pk), obj)
        access_tokens.end(obj.pk)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for account in queryset:
            self.delete_model(request, account)

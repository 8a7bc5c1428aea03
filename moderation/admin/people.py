"""Accounts and their roles. Only superusers change them; what a role may do is fixed by `manage.py create_groups`."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from moderation.models import User


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg] # generic in its stubs only
    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),)

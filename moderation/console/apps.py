from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class ConsoleConfig(SimpleAdminConfig):
    """Django's admin with our site as the default one; config/pages.py imports what it shows."""

    default_site = "moderation.console.site.ConsoleSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_console, checks.Tags.admin)


def check_console(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """Django's check of what is registered with the admin, once everything is."""
    admin.autodiscover()
    return check_admin_app(app_configs, **options)

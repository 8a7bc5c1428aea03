from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "moderation.console.site.ConsoleSite"

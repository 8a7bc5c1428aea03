from __future__ import annotations

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """An app of its own, so that Django finds its static files and template tags."""

    name = "media_pipeline.library"
    label = "library"

"""What people look at: the library, its accounts and the console."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("", include("media_pipeline.library.urls")),
    path("", include("moderation.people.urls")),
    path("", include("moderation.accounts.urls")),
    path("admin/", admin.site.urls),
]

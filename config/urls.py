from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("media_pipeline.library.urls")),
    path("", include("moderation.people.urls")),
    path("api/v1/", include("moderation.api.urls")),
    path("", include("media_pipeline.api.urls")),
    path("", include("moderation.accounts.urls")),
    path("admin/", admin.site.urls),
]

from __future__ import annotations

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern

urlpatterns = [
    path("api/v1/", include("moderation.api.urls")),
    path("", include("media_pipeline.api.urls")),
    # include() would import the pages at once. The API and the pipeline do without, whoever opens one waits 50 ms.
    URLResolver(RoutePattern(""), "config.pages"),
]

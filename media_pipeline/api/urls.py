from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern

from media_pipeline.api.albums import AlbumImagesView, AlbumImageView, AlbumsView, AlbumView
from media_pipeline.api.images import (
    DownloadView,
    ImagesView,
    ImageView,
    RenditionsView,
    RestoreView,
    RetryView,
    UploadsView,
)
from media_pipeline.api.liveness import NowhereView, healthz
from media_pipeline.api.openapi.exploring import FacetsView, SimilarView
from media_pipeline.api.shares import SharesView, ShareView
from media_pipeline.api.tokens import TokenRefreshView, TokenView

app_name = "api"
v1: list[URLPattern | URLResolver] = [
    path("uploads", UploadsView.as_view(), name="uploads"),
    path("images", ImagesView.as_view(), name="images"),
    path("images/<str:image_id>", ImageView.as_view(), name="image"),
    path("images/<str:image_id>/restore", RestoreView.as_view(), name="restore"),
    path("images/<str:image_id>/retry", RetryView.as_view(), name="retry"),
    path("images/<str:image_id>/renditions", RenditionsView.as_view(), name="renditions"),
    path("images/<str:image_id>/similar", SimilarView.as_view(), name="similar"),
    path("images/<str:image_id>/download", DownloadView.as_view(), name="download"),
    path("albums", AlbumsView.as_view(), name="albums"),
    path("albums/<str:album_id>", AlbumView.as_view(), name="album"),
    path("albums/<str:album_id>/images", AlbumImagesView.as_view(), name="album-images"),
    path("albums/<str:album_id>/images/<str:image_id>", AlbumImageView.as_view(), name="album-image"),
    path("shares", SharesView.as_view(), name="shares"),
    path("shares/<str:share_id>", ShareView.as_view(), name="share"),
    path("facets", FacetsView.as_view(), name="facets"),
    path("auth/token", TokenView.as_view(), name="token"),
    path("auth/token/refresh", TokenRefreshView.as_view(), name="token-refresh"),
    URLResolver(
        RoutePattern(""), "media_pipeline.api.openapi.docs"
    ),  # include() would import the writers of YAML and HTML now
]
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include(v1)),
    re_path(r"^api/", NowhereView.as_view()),
]

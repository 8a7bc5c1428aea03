from __future__ import annotations

from django.urls import path, register_converter

from media_pipeline.library import changes, selection, views
from media_pipeline.library.image_ids import ImageIdConverter

register_converter(ImageIdConverter, "image_id")

urlpatterns = [
    path("", views.library, name="library"),
    path("trash", views.trash, name="trash"),
    path("tiles", views.tiles, name="tiles"),
    path("photos/trash", selection.trash, name="photos_trash"),
    path("photos/restore", selection.restore, name="photos_restore"),
    path("photos/tags", selection.tags, name="photos_tags"),
    path("photos/<image_id:image_id>", views.photo, name="photo"),
    path("photos/<image_id:image_id>/download", views.download, name="photo_download"),
    path("photos/<image_id:image_id>/title", changes.title, name="photo_title"),
    path("photos/<image_id:image_id>/tags", changes.tags, name="photo_tags"),
    path("photos/<image_id:image_id>/trash", changes.trash, name="photo_trash"),
    path("photos/<image_id:image_id>/restore", changes.restore, name="photo_restore"),
    path("photos/<image_id:image_id>/retry", changes.retry, name="photo_retry"),
]

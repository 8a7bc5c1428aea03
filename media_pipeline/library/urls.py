from __future__ import annotations

from django.urls import path, register_converter

from media_pipeline.library import albums, changes, downloads, guests, links, selection, views, whole_trash
from media_pipeline.library.image_ids import ImageIdConverter

register_converter(ImageIdConverter, "image_id")

urlpatterns = [
    path("", views.library, name="library"),
    path("trash", views.trash, name="trash"),
    path("tiles", views.tiles, name="tiles"),
    path("months", views.months, name="months"),
    path("albums/", albums.overview, name="albums"),
    path("albums/names", albums.names, name="album_names"),
    path("albums/<image_id:album_id>/", albums.album, name="album"),
    path("albums/<image_id:album_id>/name", albums.name, name="album_name"),
    path("albums/<image_id:album_id>/delete", albums.delete, name="album_delete"),
    path("albums/<image_id:album_id>/cover", albums.cover, name="album_cover"),
    path("albums/<image_id:album_id>/remove", albums.remove, name="album_remove"),
    path("albums/<image_id:album_id>/move", albums.move, name="album_move"),
    path("albums/<image_id:album_id>/links", links.of_album, name="album_links"),
    path("links", links.links, name="links"),
    path("links/revoke", links.revoke, name="links_revoke"),
    path("s/<str:token>", guests.shared, name="shared"),
    path("s/<str:token>/<image_id:image_id>", guests.photo, name="shared_photo"),
    path("s/<str:token>/<image_id:image_id>/download", guests.download, name="shared_download"),
    path("photos/album", albums.file, name="photos_album"),
    path("photos/<image_id:image_id>/links", links.of_photo, name="photo_links"),
    path("photos/addresses", downloads.addresses, name="photos_addresses"),
    path("photos/trash", selection.trash, name="photos_trash"),
    path("trash/empty", whole_trash.empty, name="trash_empty"),
    path("trash/restore", whole_trash.restore, name="trash_restore"),
    path("photos/purge", selection.purge, name="photos_purge"),
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

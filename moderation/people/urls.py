from __future__ import annotations

from django.urls import path

from moderation.people import changes, settings, views

urlpatterns = [
    path("people/", views.overview, name="library_people"),
    path("people/find", views.find, name="library_find"),
    path("people/of/<image_id:image_id>", views.of_photo, name="photo_people"),
    path("people/faces/<str:face_id>", changes.face, name="photo_face"),
    path("people/groups/<str:cluster_id>", views.group, name="people_group"),
    path("people/<image_id:person_id>", views.person, name="library_person"),
    path("people/<image_id:person_id>/wrong", changes.wrong, name="person_wrong"),
    path("people/<image_id:person_id>/name", changes.rename, name="person_rename"),
    path("people/<image_id:person_id>/merge", changes.merge, name="person_merge"),
    path("people/<image_id:person_id>/hide", changes.hide, name="person_hide"),
    path("people/<image_id:person_id>/forget", changes.forget, name="person_forget"),
    path("settings", settings.settings, name="library_settings"),
    path("settings/consent", settings.consent, name="library_consent"),
]

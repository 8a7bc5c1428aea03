from __future__ import annotations

from django.urls import path

from moderation.api.consents import ConsentView
from moderation.api.faces import (
    AssignView,
    FaceView,
    ImageFacesView,
    RejectView,
    SelfieView,
    UnidentifiedFacesView,
)
from moderation.api.people import MergeView, PeopleView, PersonFacesView, PersonView
from moderation.api.reports_and_appeals import AppealView, ReportView, StatementsView

urlpatterns = [
    path("images/<str:image_id>/report", ReportView.as_view(), name="report"),
    path("images/<str:image_id>/appeal", AppealView.as_view(), name="appeal"),
    path("images/<str:image_id>/statements", StatementsView.as_view(), name="statements"),
    path("images/<str:image_id>/faces", ImageFacesView.as_view(), name="image-faces"),
    path("faces/unidentified", UnidentifiedFacesView.as_view(), name="unidentified-faces"),
    path("faces/<str:face_id>", FaceView.as_view(), name="face"),
    path("faces/<str:face_id>/assign", AssignView.as_view(), name="assign-face"),
    path("faces/<str:face_id>/reject", RejectView.as_view(), name="reject-face"),
    path("people", PeopleView.as_view(), name="people"),
    path("people/<str:person_id>", PersonView.as_view(), name="person"),
    path("people/<str:person_id>/merge", MergeView.as_view(), name="merge-person"),
    path("people/<str:person_id>/faces", PersonFacesView.as_view(), name="person-faces"),
    path("search/face", SelfieView.as_view(), name="search-face"),
    path("consent", ConsentView.as_view(), name="consent"),
]

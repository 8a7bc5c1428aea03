from __future__ import annotations

from django.urls import path

from moderation.api.voices import AppealView, ReportView, StatementsView

urlpatterns = [
    path("images/<str:image_id>/report", ReportView.as_view(), name="report"),
    path("images/<str:image_id>/appeal", AppealView.as_view(), name="appeal"),
    path("images/<str:image_id>/statements", StatementsView.as_view(), name="statements"),
]

"""Keys for services: which there are, a new one, and away with one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from media_pipeline.access.api_keys import MAX_LIFE_DAYS, MAX_NAME_LENGTH, Scope
from media_pipeline.errors import DarkroomError, InvalidRequestError
from moderation.access import page
from moderation.roles import May, Moderator
from moderation.services.operations import api_keys

SCOPES = [
    (Scope.READ.value, "Read: list, search and download its images"),
    (Scope.WRITE.value, "Write: send, change, delete and restore them"),
]


class KeyForm(forms.Form):
    username = forms.CharField(label="Account it acts for", max_length=150)
    name = forms.CharField(label="What it is for", max_length=MAX_NAME_LENGTH)
    scopes = forms.MultipleChoiceField(label="May", choices=SCOPES, widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="Days it lives", min_value=1, max_value=MAX_LIFE_DAYS, initial=90)

    def make(self, viewer: Moderator) -> str | None:
        """The new key; None, with the error in the form, when there is none."""
        cleaned = self.cleaned_data
        try:
            return api_keys.make(
                viewer,
                username=cleaned["username"],
                name=cleaned["name"],
                scopes=[Scope(scope) for scope in cleaned["scopes"]],
                days=cleaned["days"],
            )
        except InvalidRequestError as error:
            self.add_error(error.field, str(error))
            return None


@page(May.OPERATE)
def keys(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    if key_id := request.POST.get("revoke"):
        _revoke(request, viewer, key_id)
        return redirect("admin:api_keys")
    form = KeyForm(request.POST or None)
    context: dict[str, Any] = {**admin.site.each_context(request), "title": "API keys", "form": form}
    try:
        if request.method == "POST" and form.is_valid() and (made := form.make(viewer)):
            # Shown in the answer itself: a message after a redirect would be stored in a cookie or the database.
            context |= {"made": made, "form": KeyForm()}
        context["keys"] = api_keys.listed(viewer)
    except DarkroomError as error:
        messages.error(request, str(error))
    return render(request, "console/api_keys.html", context)


def _revoke(request: HttpRequest, viewer: Moderator, key_id: str) -> None:
    try:
        key = api_keys.revoke(viewer, key_id)
    except DarkroomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{key.name} is revoked. Calls with it are refused from now on.")

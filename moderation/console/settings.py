"""A moderator's own settings: keys, colour, breaks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from moderation.access import page
from moderation.console import faces
from moderation.console.review import DECIDERS, KEYS, settings_of
from moderation.models import ConsoleSettings
from moderation.roles import May, Moderator

WHAT = {
    "allow": "Allow",
    "restrict": "Restrict",
    "remove": "Remove",
    "escalate": "Escalate",
    "skip": "Skip",
    "undo": "Undo",
    "colour": "Colour or grey",
    "boxes": "Boxes on the image",
    "labels": "Labels",
    "copies": "Near duplicates",
    "note": "A reason of your own",
    "uphold": "Uphold, in an appeal",
    "overturn": "Overturn, in an appeal",
    "help": "Keys",
}
FACES = {
    "new": "Faces: type a name",
    "wrong": "Faces: not them",
    "nobody": "Faces: not a face",
    "hide": "Faces: a bystander",
    "edit": "Faces: boxes",
}
PAGES = (set(WHAT), {*FACES, "skip", "undo", "help"})  # where one key must not mean two things
DEFAULTS = {**KEYS, **faces.KEYS}
TAKEN = set("K123456789 ")  # by child safety, policies, and revealing


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg] # generic in its stubs only
    class Meta:
        model = ConsoleSettings
        fields = ["in_colour", "toggle_reveal", "break_minutes", "reveal_limit", "digest", "keys_off"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["break_minutes"].min_value = 5  # type: ignore[attr-defined]
        for act, label in {**WHAT, **FACES}.items():
            self.fields[f"key_{act}"] = forms.CharField(
                label=label, max_length=1, initial=self.instance.keys.get(act, DEFAULTS[act])
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = {act: cleaned.get(f"key_{act}", "") for act in {**WHAT, **FACES}}
        for act, key in chosen.items():
            if key in TAKEN:
                self.add_error(f"key_{act}", "This key has a fixed meaning. Choose another.")
            elif any(key == chosen[other] for page in PAGES if act in page for other in page - {act}):
                self.add_error(f"key_{act}", "Another action has this key already.")
        return cleaned

    def save(self, commit: bool = True) -> ConsoleSettings:
        chosen = {act: self.cleaned_data[f"key_{act}"] for act in {**WHAT, **FACES}}
        self.instance.keys = {act: key for act, key in chosen.items() if key != DEFAULTS[act]}
        saved: ConsoleSettings = super().save(commit)
        return saved


@page(*DECIDERS, May.TAG_FACE)
def settings(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=settings_of(viewer))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved. They hold from the next page on.")
        return redirect("admin:console_settings")
    context = {**admin.site.each_context(request), "title": "Your settings", "form": form}
    return render(request, "console/settings.html", context)

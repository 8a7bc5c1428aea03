"""Webhooks: who is told, of what, and with which secret."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_pipeline.errors import InvalidRequestError
from moderation.access import viewer_of
from moderation.admin.permissions import ByRole
from moderation.models import EventType, User, WebhookEndpoint
from moderation.roles import May
from moderation.services.webhooks import calls as webhook_calls
from moderation.services.webhooks import endpoints


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg] # generic in its stubs only
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField", "placeholder": "https://"}),
        help_text="https, and on the internet.",
    )
    events = forms.MultipleChoiceField(
        label="Tell it when", choices=EventType.choices, widget=forms.CheckboxSelectMultiple
    )
    whose = forms.CharField(
        label="Images of", required=False, help_text="A person's user name; leave it empty for everybody's images."
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["url", "events", "is_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "whose" in self.fields and self.instance.owner:
            self.fields["whose"].initial = self.instance.owner.get_username()

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url == self.instance.url:
            return url  # one whose name leads nowhere any more can still be switched off
        try:
            parts = webhook_calls.checked(url)
            webhook_calls.addresses(parts.hostname or "", parts.port or webhook_calls.PORTS[parts.scheme])
        except InvalidRequestError as error:
            raise forms.ValidationError(str(error)) from error
        return url

    def clean_whose(self) -> str:
        name: str = self.cleaned_data["whose"].strip()
        self.instance.owner = User.objects.filter(username=name).first() if name else None
        if name and self.instance.owner is None:
            raise forms.ValidationError("Nobody here has this user name.")
        return name


@admin.register(WebhookEndpoint)
class EndpointAdmin(ByRole):
    may_view = May.OPERATE
    form = EndpointForm
    change_form_template = "console/webhook.html"
    list_display = ["url", "tells", "owner", "condition", "failing_since"]
    list_filter = ["is_on"]
    list_select_related = ["owner"]
    search_fields = ["url"]
    readonly_fields: ClassVar = ["condition", "made_by", "made_at", "failing_since", "latest"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).may(May.OPERATE)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return viewer_of(request).may(May.OPERATE)

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> list[str]:  # type: ignore[override] # noqa: ARG002
        asked = ["url", "events", "whose"]
        return [*asked, "is_on", *self.readonly_fields] if obj else asked

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: forms.Form, change: bool) -> None:  # noqa: ARG002
        if change:
            endpoints.change(viewer_of(request), obj)
        else:
            request.new_secret = endpoints.make(viewer_of(request), obj)  # type: ignore[attr-defined]

    def response_add(
        self,
        request: HttpRequest,
        obj: WebhookEndpoint,
        post_url_continue: str | None = None,  # noqa: ARG002 - it goes on with the secret, whatever was asked
    ) -> HttpResponse:
        return self._show_secret(request, obj, request.new_secret)  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: WebhookEndpoint) -> HttpResponse:
        viewer = viewer_of(request)
        if "_rotate" in request.POST:
            self.log_change(request, obj, "new secret")
            return self._show_secret(request, obj, endpoints.rotate(viewer, obj))
        if "_test" in request.POST:
            delivery = endpoints.test(viewer, obj)
            messages.success(request, "A test event is on its way. Its attempts appear below.")
            return HttpResponseRedirect(reverse("admin:moderation_webhookdelivery_change", args=[delivery.pk]))
        return super().response_change(request, obj)

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        """Once, and in this answer alone: not in a cookie, not in a cache."""
        context = {
            **admin.site.each_context(request),
            "title": "The webhook's secret",
            "endpoint": endpoint,
            "secret": secret,
            "earlier_until": endpoint.earlier_until,
        }
        answer = TemplateResponse(request, "console/webhook_secret.html", context)
        add_never_cache_headers(answer)
        return answer

    @admin.display(description="Tells when")
    def tells(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(name.removeprefix("image.") for name in endpoint.events)

    @admin.display(description="State", ordering="is_on")
    def condition(self, endpoint: WebhookEndpoint) -> SafeString:
        if endpoint.is_on:
            return format_html('<span class="state {}">{}</span>', *self._running(endpoint))
        return format_html('<span class="state">Off</span> {}', endpoint.off_because)

    @staticmethod
    def _running(endpoint: WebhookEndpoint) -> tuple[str, str]:
        return ("failed", "Failing") if endpoint.failures else ("ready", "On")

    @admin.display(description="Deliveries")
    def latest(self, endpoint: WebhookEndpoint) -> SafeString:
        page = reverse("admin:moderation_webhookdelivery_changelist")
        return format_html('<a href="{}?endpoint__id__exact={}">All of the last 30 days</a>', page, endpoint.pk)

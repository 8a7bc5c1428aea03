"""Signing up. The rest (in, out, a forgotten password) is Django's own."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from moderation.accounts import invitations
from moderation.accounts.forms import AccountForm, SignUpForm
from moderation.models import User

logger = logging.getLogger(__name__)


class SignUpView(FormView):  # type: ignore[type-arg] # generic in its stubs only
    form_class = SignUpForm
    template_name = "registration/signup.html"
    success_url = reverse_lazy("signup_sent")

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            form.send(self.request)
        except OSError:
            logger.exception("a letter could not be sent")
            form.add_error(None, "The e-mail could not be sent. Try again in a few minutes.")
            return self.form_invalid(form)
        return super().form_valid(form)


class SignUpSentView(TemplateView):
    template_name = "registration/signup_sent.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        printed = settings.EMAIL_BACKEND.endswith("console.EmailBackend")
        return super().get_context_data(printed=printed, **context)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SignUpCompleteView(FormView):  # type: ignore[type-arg] # generic in its stubs only
    """Behind the link of an invitation; an address that has an account by now invalidates it."""

    form_class = AccountForm
    template_name = "registration/signup_complete.html"
    success_url = reverse_lazy(settings.LOGIN_REDIRECT_URL)
    email: str

    def dispatch(self, request: Any, *args: Any, token: str, **kwargs: Any) -> HttpResponseBase:
        email = invitations.read(token)
        if email is None or User.objects.filter(email__iexact=email).exists():
            return self.render_to_response({"validlink": False}, status=410)
        self.email = email
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        # With the address in it, a password that resembles the address is refused.
        return {**super().get_form_kwargs(), "instance": User(email=self.email)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(validlink=True, email=self.email, **context)

    def form_valid(self, form: AccountForm) -> HttpResponse:
        try:
            account = form.save()
        except IntegrityError:  # the name or the address was taken since the form was checked
            form.add_error(None, "This name or address was taken a moment ago. Reload the page and try again.")
            return self.form_invalid(form)
        login(self.request, account)
        return redirect(self.get_success_url())

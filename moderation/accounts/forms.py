"""Forms that tell nobody who has an account: what depends on that goes by e-mail only."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordResetForm, UserCreationForm
from django.http import HttpRequest

from moderation.accounts import invitations, letters
from moderation.models import User

logger = logging.getLogger(__name__)


class SignUpForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def send(self, request: HttpRequest) -> None:
        """An invitation, or a reminder of the account that is there: one letter either way, so both take as long."""
        email = User.objects.normalize_email(self.cleaned_data["email"])
        account = User.objects.filter(email__iexact=email).first()
        if account:
            letters.remind(request, account)
        else:
            letters.invite(request, email, invitations.make(email))


class AccountForm(UserCreationForm):  # type: ignore[type-arg] # generic in its stubs only
    """Name and password, once the e-mail address is proven."""

    class Meta:
        model = User
        fields = ["username"]


class ResetForm(PasswordResetForm):
    def save(self, **options: Any) -> None:  # type: ignore[override] # Django's view names each of them
        """Django writes to those who have an account only, which one can tell by the time that takes."""
        email = self.cleaned_data["email"]
        if not any(self.get_users(email)):
            try:
                letters.say_unknown(options["request"], email)
            except OSError:
                logger.exception("a letter could not be sent")  # as Django does for those who have one
        super().save(**options)

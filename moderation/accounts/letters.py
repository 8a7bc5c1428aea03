"""The letters that go to people about their accounts, plain text. Locally they are printed in the terminal."""

from __future__ import annotations

from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from moderation.models import User


def invite(request: HttpRequest, email: str, token: str) -> None:
    link = request.build_absolute_uri(reverse("signup_complete", args=[token]))
    _send("Finish signing up to Darkroom", "invitation", email, {"link": link})


def remind(request: HttpRequest, account: User) -> None:
    """To somebody who signs up although they have an account."""
    link = request.build_absolute_uri(reverse("password_reset"))
    _send("You have a Darkroom account already", "reminder", account.email, {"link": link, "account": account})


def say_unknown(request: HttpRequest, email: str) -> None:
    """To somebody who wants to reset the password of an account that does not exist."""
    link = request.build_absolute_uri(reverse("signup"))
    _send("No Darkroom account has this address", "unknown", email, {"link": link})


def _send(subject: str, template: str, email: str, context: dict[str, object]) -> None:
    """Raises OSError (which smtplib's errors are) when the mail server does not take it."""
    send_mail(subject, render_to_string(f"accounts/{template}.txt", context), None, [email])

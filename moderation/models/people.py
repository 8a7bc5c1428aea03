"""Accounts."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from ulid import ULID


def new_user_id() -> str:
    return str(ULID())


class User(AbstractUser):
    """A person who signs in.

    The id goes into image records, tokens and audit entries, which outlive the row: it is never used twice, unlike
    a username or a counter of a database that was rebuilt.
    """

    id = models.CharField(primary_key=True, max_length=26, default=new_user_id, editable=False)
    email = models.EmailField("email address")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(  # ANN@example.com and ann@example.com reach the same person
                Lower("email"), name="one_account_an_email", violation_error_message="This e-mail address is taken."
            )
        ]

from __future__ import annotations

from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.urls import path

from moderation.accounts.forms import ResetForm
from moderation.accounts.sign_in import SignInForm
from moderation.accounts.views import SignUpCompleteView, SignUpSentView, SignUpView

urlpatterns = [
    path("signin", LoginView.as_view(authentication_form=SignInForm), name="signin"),
    path("signout", LogoutView.as_view(), name="signout"),
    path("signup", SignUpView.as_view(), name="signup"),
    path("signup/sent", SignUpSentView.as_view(), name="signup_sent"),
    path("signup/<str:token>", SignUpCompleteView.as_view(), name="signup_complete"),
    path(
        "password-reset",
        PasswordResetView.as_view(
            form_class=ResetForm,
            email_template_name="accounts/password_reset.txt",
            subject_template_name="accounts/password_reset_subject.txt",
        ),
        name="password_reset",
    ),
    path("password-reset/sent", PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password-reset/<str:uidb64>/<str:token>", PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("password-reset/complete", PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]

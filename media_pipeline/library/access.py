"""Who looks at a page, and what becomes of errors: every view of the library goes through `signed_in`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from media_pipeline.access.readers import Reader, reader_of_account
from media_pipeline.errors import DarkroomError, NotFoundError

P = ParamSpec("P")


class LibraryRequest(HttpRequest):
    """A request as django-htmx's middleware leaves it."""

    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[LibraryRequest, Reader, P], HttpResponseBase],
) -> Callable[Concatenate[LibraryRequest, P], HttpResponseBase]:
    """Call `view` with the reader; send anonymous people to sign in, and say errors in people's words."""

    # Fifty signed addresses repeat one session token of a kilobyte: compressed, a page is a seventh of its size.
    # Django pads what it compresses at random, and masks the CSRF token, against guessing secrets by length (BREACH).
    @wraps(view)
    @gzip_page
    @cache_control(private=True, no_cache=True)
    def guarded(request: LibraryRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        try:
            return view(request, reader_of_account(request.user), *args, **kwargs)
        except NotFoundError as error:
            raise Http404(str(error)) from error
        except DarkroomError as error:
            if error.status == 500:
                raise
            return _explained(request, error)

    return guarded


def _to_sign_in(request: LibraryRequest) -> HttpResponse:
    if request.htmx:  # following a redirect, htmx would put the sign-in page into the middle of this one
        return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
    return redirect_to_login(request.get_full_path())


def _explained(request: LibraryRequest, error: DarkroomError) -> HttpResponse:
    if request.htmx:  # the page shows it as a toast
        return HttpResponse(str(error), status=error.status, content_type="text/plain")
    return render(request, "library/error.html", {"message": str(error)}, status=error.status)

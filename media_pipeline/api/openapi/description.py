"""What the views say of themselves, told to drf-spectacular when somebody asks for the API's description.

Its machinery brings Django's test client and PyYAML: 29 ms of a cold start, and no other call needs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular import utils

View = TypeVar("View", bound=Callable[..., Any])

_postponed: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def extend_schema(**described: Any) -> Callable[[View], View]:
    """drf-spectacular's decorator. It has to be the outermost: what it marks is the function that it is given."""

    def decorate(view: View) -> View:
        _postponed.append((view, described))
        return view

    return decorate


def describe(endpoints: list[Any]) -> list[Any]:
    """Hook of drf-spectacular's, before it looks at the views: all of them are imported by then."""
    while _postponed:
        view, described = _postponed.pop(0)
        utils.extend_schema(**described)(view)
    return endpoints

"""Libraries imported without what they import and a function never uses.

What is left out is there for whoever imports it later. docs/decisions/0005-cold-start.md has all that waits, and says
for whom; tests/deployment/test_imports.py holds what must not come back.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any


def without_boto3() -> AbstractContextManager[None]:
    """To import Zappa in, whose deploying half names boto3 in annotations: 13 ms. The functions use botocore alone."""
    return _standing_in("boto3", SimpleNamespace(Session=None))


def import_rest_framework() -> None:
    """Import it and simplejwt. Django has to be set up."""
    from django.core import signals  # noqa: PLC0415 - see above

    with _standing_in("yaml", None):  # for its own description of the API; ours is drf-spectacular's: 9 ms
        importlib.import_module("rest_framework.compat")
    # simplejwt takes from Django's test client a signal that the client has from here: 10 ms.
    with _standing_in("django.test.signals", signals):
        importlib.import_module("rest_framework_simplejwt.settings")
    # PyJWT brings it, if it is there, for tokens of two keys; ours have one: 30 ms of the first call with a token.
    with _standing_in("cryptography", None):
        importlib.import_module("rest_framework_simplejwt.state")


@contextmanager
def _standing_in(name: str, stand_in: Any) -> Iterator[None]:
    """Let `import name` find `stand_in`, or nothing if that is None, unless the module is there already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]

"""A model is loaded at its first use, and one that is missing or broken takes only its own operations with it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from media_pipeline.errors import ConfigurationError

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Lazy(Generic[T]):
    """One model. `get` returns it, or raises ConfigurationError with the reason why it cannot be had."""

    def __init__(self, name: str, distributions: tuple[str, ...], load: Callable[[], T]) -> None:
        self.name = name
        self.distributions = distributions
        self._load = load
        self._lock = threading.Lock()
        self._model: T | None = None
        self._reason = self._missing()

    @property
    def reason(self) -> str:
        """Why this model cannot be had; "" as long as nothing speaks against it."""
        return self._reason

    def get(self) -> T:
        with self._lock:
            if self._model is None and not self._reason:
                self._try_to_load()
            if self._model is None:
                raise ConfigurationError(self._reason)
            return self._model

    def _missing(self) -> str:
        missing = [name for name in self.distributions if not _is_installed(name)]
        return f"{', '.join(missing)} not installed (pip install -r requirements-local.txt)" if missing else ""

    def _try_to_load(self) -> None:
        started = time.monotonic()
        try:
            self._model = self._load()
        except Exception as error:  # a wheel for another processor fails in a way of its own; the rest must answer
            logger.exception("The model for %s does not load", self.name)
            self._reason = f"it does not load here: {error}"
        else:
            logger.info("The model for %s is loaded (%.1f s)", self.name, time.monotonic() - started)


def _is_installed(distribution: str) -> bool:
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def packaged(package: str, file: str) -> Path:
    """The path of a file inside an installed package, found without importing it.

    Two of the packages import what we do not have (pkg_resources, typer), and we want only their weights.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(f"The package {package} is not installed.")
    path = Path(spec.submodule_search_locations[0]) / file
    if not path.is_file():
        raise ConfigurationError(f"The package {package} has no {file}; install the version in requirements-local.txt.")
    return path

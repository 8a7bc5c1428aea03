"""Fields of what a page of the console says in the background, checked one by one."""

from __future__ import annotations

from typing import Any

from media_pipeline.errors import InvalidRequestError


def ids(said: dict[str, Any], name: str = "cases") -> list[str]:
    found = said.get(name, [])
    if not isinstance(found, list) or not all(isinstance(image_id, str) for image_id in found):
        raise InvalidRequestError("Cases are a list of ids.", field=name)
    if name == "cases" and not found:
        raise InvalidRequestError("Name at least one case.", field=name)
    return found


def text(said: dict[str, Any], name: str, longest: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise InvalidRequestError(f"{name.capitalize()} is a text of at most {longest} characters.", field=name)
    return value


def number(said: dict[str, Any], name: str) -> int:
    value = said.get(name, 0)
    if not isinstance(value, int):
        raise InvalidRequestError(f"{name.capitalize()} is a whole number.", field=name)
    return value

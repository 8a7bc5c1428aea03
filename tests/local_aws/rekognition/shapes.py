"""Holds every answer of the server, as it was on the wire, against AWS's own model of the service."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "timestamp": (int, float),
}


def check_answers(client: Any) -> None:
    """From now on each successful call of `client` fails that is answered with more or other than AWS's shape."""
    client.meta.events.register("before-parse.rekognition.*", check_answer)


def check_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] == 200 and operation_model.output_shape:
        complaints = complaints_about(operation_model.output_shape, json.loads(response_dict["body"]), "")
        assert not complaints, f"{operation_model.name}: {complaints}"


def complaints_about(shape: Shape, value: Any, path: str) -> list[str]:
    """What is wrong with `value`: unknown members, wrong types, numbers out of range, unlisted words."""
    if not isinstance(value, JSON_TYPES[shape.type_name]) or isinstance(value, bool):
        return [f"{path} is {value!r}, not a {shape.type_name}"]
    if isinstance(shape, StructureShape):
        unknown = [f"{path}.{name} is unknown" for name in value if name not in shape.members]
        known = ((name, item) for name, item in value.items() if name in shape.members)
        return unknown + [
            line for name, item in known for line in complaints_about(shape.members[name], item, f"{path}.{name}")
        ]
    if isinstance(shape, ListShape):
        return [line for n, item in enumerate(value) for line in complaints_about(shape.member, item, f"{path}[{n}]")]
    return _limits(shape, value, path)


def _limits(shape: Shape, value: Any, path: str) -> list[str]:
    limits, measured = shape.metadata, value if isinstance(value, int | float) else len(value)
    fits = (
        measured >= limits.get("min", measured)
        and measured <= limits.get("max", measured)
        and value in limits.get("enum", [value])
        and re.fullmatch(limits.get("pattern", ".*"), str(value), re.DOTALL)
    )
    return [] if fits else [f"{path} is {value!r}, outside {dict(limits)}"]

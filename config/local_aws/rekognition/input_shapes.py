"""Checks and decodes a request's body by AWS's own model of the service, which botocore carries.

So every length, range, pattern and enumeration is enforced as AWS documents it, and none is copied here.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StructureShape,
)

from config.local_aws.rekognition.errors import ServiceError

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}


@cache
def service_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")


def operation_model(name: str) -> OperationModel | None:
    """The operation, or None when Rekognition has none of this name."""
    try:
        return service_model().operation_model(name)
    except OperationNotFoundError:
        return None


def parse(shape: Shape, value: Any, path: str = "") -> Any:
    """`value` without unknown members and with blobs decoded; ServiceError when AWS would refuse it."""
    if not _is_of_type(shape, value):
        raise ServiceError("SerializationException", f"{path or 'The body'} should be a {shape.type_name}.")
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path)
    if shape.type_name == "blob":
        return _blob(value, path)
    _check_limits(shape, value, path)
    if isinstance(shape, ListShape):
        return [parse(shape.member, item, f"{path}.{n}.member") for n, item in enumerate(value, start=1)]
    if isinstance(shape, MapShape):
        return {parse(shape.key, key, path): parse(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    return value


def _is_of_type(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool):  # to Python a kind of int, to JSON not
        return shape.type_name == "boolean"
    return isinstance(value, JSON_TYPES[shape.type_name])


def _structure(shape: StructureShape, value: dict[str, Any], path: str) -> dict[str, Any]:
    given = {name: item for name, item in value.items() if item is not None}
    for name in shape.required_members:
        if name not in given:
            raise _violation("null", _join(path, name), "Member must not be null")
    return {
        name: parse(member, given[name], _join(path, name)) for name, member in shape.members.items() if name in given
    }


def _blob(value: str, path: str) -> bytes:
    try:
        decoded = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ServiceError("SerializationException", f"{path} is not base64.") from None
    if not decoded:
        raise _violation("", path, "Member must have length greater than or equal to 1")
    return decoded  # its greatest length is that of an image: pictures.py answers for it


def _check_limits(shape: Shape, value: Any, path: str) -> None:
    limits = shape.metadata
    number = shape.type_name in {"integer", "long", "float", "double"}
    measured, what = (value, "value") if number else (len(value), "length")
    if "min" in limits and measured < limits["min"]:
        raise _violation(value, path, f"Member must have {what} greater than or equal to {limits['min']}")
    if "max" in limits and measured > limits["max"]:
        raise _violation(value, path, f"Member must have {what} less than or equal to {limits['max']}")
    if "enum" in limits and value not in limits["enum"]:
        raise _violation(value, path, f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]")
    if "pattern" in limits and not _fits(limits["pattern"], value):
        raise _violation(value, path, f"Member must satisfy regular expression pattern: {limits['pattern']}")


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # those of tags use Java's \\p classes, which re does not know
        return True


def _join(path: str, name: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"{path}.{member}" if path else member


def _violation(value: Any, path: str, constraint: str) -> ServiceError:
    shown = "null" if value == "null" else f"'{value}'"
    return ServiceError(
        "ValidationException",
        f"1 validation error detected: Value {shown} at '{path}' failed to satisfy constraint: {constraint}",
    )

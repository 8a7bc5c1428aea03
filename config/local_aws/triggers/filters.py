"""Lambda's event filters, as far as our patterns use them.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from media_pipeline.errors import ConfigurationError

Pattern = Mapping[str, Any]

COMPARISONS = {"=": operator.eq, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def matches(pattern: Pattern, event: Any) -> bool:
    """Whether the event has, at every path of the pattern, a value that one of the rules there accepts."""
    for name, wanted in pattern.items():
        value = event.get(name) if isinstance(event, Mapping) else None
        if isinstance(wanted, Mapping):
            if not matches(wanted, value):
                return False
        elif not any(_accepts(rule, value, present=isinstance(event, Mapping) and name in event) for rule in wanted):
            return False
    return True


def _accepts(rule: Any, value: Any, *, present: bool) -> bool:
    if not isinstance(rule, Mapping):
        return present and bool(value == rule)
    ((kind, operand),) = rule.items()
    if kind == "exists":
        return present is operand
    if kind == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if kind == "suffix":
        return isinstance(value, str) and value.endswith(operand)
    if kind == "anything-but":
        return present and value not in operand
    if kind == "numeric":
        limits = zip(operand[::2], operand[1::2], strict=True)
        return isinstance(value, int | float) and all(COMPARISONS[sign](value, limit) for sign, limit in limits)
    raise ConfigurationError(f"The local dispatcher does not know the filter rule {kind!r}; AWS may.")

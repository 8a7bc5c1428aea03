"""Logs and metrics as CloudWatch reads them: JSON lines, and metrics embedded in them (EMF).

Each invocation has a metric set and log keys of its own, so that handlers may run in threads, as they do locally.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger(service="darkroom")
_metrics: ContextVar[EphemeralMetrics | None] = ContextVar("metrics", default=None)


@contextmanager
def invocation(context: Any) -> Iterator[None]:
    """Bind the request id to every line logged within, and print the metrics counted within at the end."""
    metrics = EphemeralMetrics(namespace="Darkroom", service="darkroom")
    token = _metrics.set(metrics)
    logger.thread_safe_append_keys(request_id=context.aws_request_id, function_name=context.function_name)
    try:
        yield
    finally:
        _metrics.reset(token)
        logger.thread_safe_clear_keys()
        if metrics.metric_set:
            metrics.flush_metrics()


def about(**keys: object) -> None:
    """Put `keys` (an image id, say) on every further line of this invocation."""
    logger.thread_safe_append_keys(**keys)


def count(name: str, value: float = 1) -> None:
    _add(name, MetricUnit.Count, value)


def milliseconds(name: str, value: float, **dimensions: str) -> None:
    """A duration; with dimensions it goes out as a line of its own, because EMF's dimensions hold for a whole line."""
    if not dimensions:
        _add(name, MetricUnit.Milliseconds, value)
    elif _metrics.get() is not None:
        line = EphemeralMetrics(namespace="Darkroom", service="darkroom")
        line.add_dimensions(**dimensions)
        line.add_metric(name=name, unit=MetricUnit.Milliseconds, value=value)
        line.flush_metrics()


def percent(name: str, value: float) -> None:
    _add(name, MetricUnit.Percent, value)


def _add(name: str, unit: MetricUnit, value: float) -> None:
    metrics = _metrics.get()
    if metrics is not None:
        metrics.add_metric(name=name, unit=unit, value=value)

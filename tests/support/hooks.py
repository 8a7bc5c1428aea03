"""Reach into the moment of an AWS call: to count calls, to let something else happen first, to make one fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, get_args

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from config.local_aws.emulator import Role
from media_pipeline.aws import clients as aws
from tests.support.aws import as_role

READS = ("GetItem", "Query", "BatchGetItem")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
SERVICES = ("s3", "dynamodb", "sqs", "rekognition")


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """How often each operation was called within, as {"s3.GetObject": 1}."""
    counts: Counter[str] = Counter()

    def count(event_name: str, **_: Any) -> None:
        _, service, operation = event_name.split(".", 2)
        counts[f"{service}.{operation}"] += 1

    with registered(SERVICES, "before-call.{}", count):
        yield counts


def written_units() -> AbstractContextManager[Counter[str]]:
    """Write units that DynamoDB charged within, as {"media": 8.0}; the emulator reports them as AWS does."""
    return _units(WRITES)


def read_units() -> AbstractContextManager[Counter[str]]:
    """The same for read units."""
    return _units(READS)


@contextmanager
def _units(operations: tuple[str, ...]) -> Iterator[Counter[str]]:
    units: Counter[str] = Counter()

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"

    def add(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", []) if model.name in operations else []
        for table in consumed if isinstance(consumed, list) else [consumed]:
            units[table["TableName"].rpartition("-")[2]] += table["CapacityUnits"]

    with registered(["dynamodb"], "provide-client-params.{}", ask), registered(["dynamodb"], "after-call.{}", add):
        yield units


@contextmanager
def first(operation: str, action: Callable[[], object], *, path: str = "", body: bytes = b"") -> Iterator[list[object]]:
    """Let `action` happen right before the first call of `operation` ("s3.PutObject") whose URL contains `path`, and
    whose body `body`.
    """
    happened: list[object] = []
    service, _, name = operation.partition(".")

    def interfere(params: dict[str, Any], **_: Any) -> None:
        if not happened and path in params["url"] and body in (params["body"] if body else b""):
            happened.append(None)
            happened[0] = action()

    with registered([service], f"before-call.{{}}.{name}", interfere):
        yield happened


def refusal(service: str, operation: str) -> ClientError:
    """What a client raises when the service stays overloaded."""
    answer = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
    return ClientError(answer, f"{service}.{operation}")  # type: ignore[arg-type]


@contextmanager
def failing(operation: str, *, times: int, status: int = 503) -> Iterator[list[str]]:
    """Answer the next `times` requests of `operation` with `status`, as an overloaded service does."""
    answered: list[str] = []
    service, _, name = operation.partition(".")

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        if len(answered) >= times:
            return None
        answered.append(request.url)
        return _Refusal(request.url, status)

    with registered([service], f"before-send.{{}}.{name}", answer):
        yield answered


class _Refusal(AWSResponse):
    def __init__(self, url: str, status: int) -> None:
        super().__init__(url, status, {}, raw=None)

    @property
    def content(self) -> bytes:
        return b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"


@contextmanager
def registered(services: Any, pattern: str, handler: Callable[..., Any]) -> Iterator[None]:
    """For whichever role calls: what a test sets off, the pipeline may do."""
    names = []
    for role in get_args(Role):
        with as_role(role):
            names += [(aws.client(service).meta.events, pattern.format(service)) for service in services]
    for events, name in names:
        events.register(name, handler)
    try:
        yield
    finally:
        for events, name in names:
            events.unregister(name, handler)

"""Lambda's entry point: Zappa's handler, with its gaps closed.

Zappa turns HTTP events into WSGI requests and finds the function of every other event. What it lets through, loses or
repeats is decided here. Everything is built while the module is imported: in Lambda's init phase, not in front of the
first request. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from __future__ import annotations

import gc

gc.disable()  # what is built here stays for good: looking for garbage in it takes time and finds none

import importlib  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

from config import lean_start  # noqa: E402

with lean_start.without_boto3():
    from zappa.handler import LambdaHandler

Event = dict[str, Any]

ON_BATCH_TASK = "media_pipeline.handlers.on_batch_task"


class UnclaimedEventError(Exception):
    """Nobody here handles this event. Lambda tries again, and keeps it among the dead letters."""


class Entry(LambdaHandler):  # type: ignore[misc]  # Zappa ships no types
    def handler(self, event: Event, context: Any) -> Any:
        """Answer one event, or raise: an answer means to Lambda that the event is done with, and may be forgotten."""
        if is_http(event):
            return without_repeated_cookies(super().handler(event, context))
        if event.get("Event") == "s3:TestEvent":  # S3 asks whether we are there, once, when notifications are set up
            return None
        if "Records" in event:
            return self.run_function(function(self.claimant(event["Records"])), event, context)
        if "invocationSchemaVersion" in event and self.settings.AWS_EVENT_MAPPING:
            return self.run_function(function(ON_BATCH_TASK), event, context)
        if is_scheduled(event) or "command" in event or "manage" in event:
            return super().handler(event, context)
        # `raw_command`, which would run any Python that it is given, ends here as well.
        raise UnclaimedEventError(
            f"No function takes an event with {', '.join(sorted(event)[:12]) or 'nothing in it'}."
        )

    def claimant(self, records: list[Event]) -> str:
        """The function for these records, found by the ARN of their source and by nothing that stands in the payload.

        Zappa would run the function that an SNS message names in itself.
        """
        sources = {source(record) for record in records}
        for arn in sources:
            functions: list[str] = self.settings.AWS_EVENT_MAPPING.get(arn, [])
            if len(sources) == len(functions) == 1:
                return functions[0]
        raise UnclaimedEventError(f"No one function takes records from {', '.join(sorted(sources)) or 'nowhere'}.")

    @staticmethod
    def run_function(app_function: Callable[[Event, Any], Any], event: Event, context: Any) -> Any:
        """Call it once. Zappa takes a TypeError from inside for a wrong signature, and calls it again with less."""
        return app_function(event, context)

    def build(self) -> None:
        """Import what the first event would have to import."""
        lean_start.import_rest_framework()
        if self.settings.AWS_EVENT_MAPPING:
            for functions in self.settings.AWS_EVENT_MAPPING.values():
                for path in functions:
                    function(path)
        else:
            from django.urls import get_resolver  # noqa: PLC0415 - Django's settings are known from here on

            _ = get_resolver().url_patterns


def is_http(event: Event) -> bool:
    return "httpMethod" in event or (event.get("version") == "2.0" and "http" in event.get("requestContext", {}))


def is_scheduled(event: Event) -> bool:
    return event.get("detail-type") == "Scheduled Event" and "." in event["resources"][0].rpartition("-")[2]


def source(record: Event) -> str:
    """The ARN of a record's source: SQS, streams, S3 or SNS."""
    arn: str | None = record.get("eventSourceARN")
    if arn is None and "s3" in record:
        arn = record["s3"]["bucket"]["arn"]
    if arn is None and "Sns" in record:
        arn = record["Sns"]["TopicArn"]
    return arn or "an unknown source"


def function(path: str) -> Callable[[Event, Any], Any]:
    module, _, name = path.rpartition(".")
    found: Callable[[Event, Any], Any] = getattr(importlib.import_module(module), name)
    return found


def without_repeated_cookies(answer: Event) -> Event:
    """Zappa names cookies in `headers` and `multiValueHeaders` alike, and every one as often as there are cookies."""
    if "cookies" in answer:
        answer["cookies"] = list(dict.fromkeys(answer["cookies"]))
    several = answer.get("multiValueHeaders")
    if several is not None:
        named = [name for name in several if name.lower() == "set-cookie"]
        if cookies := [cookie.strip() for name in named for cookie in several.pop(name)]:
            several["Set-Cookie"] = list(dict.fromkeys(cookies))
        headers = answer.get("headers", {})
        for name in [name for name in headers if name.lower() == "set-cookie"]:
            del headers[name]
    return answer


entry = Entry()
entry.build()
gc.freeze()
gc.enable()
lambda_handler = entry.handler

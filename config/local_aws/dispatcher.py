"""Plays Lambda: invokes the pipeline's handlers for the `events` of zappa_settings.json.

    python -m config.local_aws.dispatcher .local/aws/zappa_settings.json BUCKET_EVENTS_URL

It runs under the environment of the pipeline function, role and all; only the bucket's notifications, which reach
Lambda from inside AWS, are read as the local user.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any, Protocol

import boto3
import django
from botocore.config import Config

from config.aws import zappa_settings
from config.local_aws.emulator import Emulator
from config.local_aws.function import Function
from config.local_aws.process import Child, exit_with_parent
from config.local_aws.triggers.bucket import BucketTrigger
from config.local_aws.triggers.queue import QueueTrigger
from config.local_aws.triggers.schedule import ScheduleTrigger
from config.local_aws.triggers.stream import StreamTrigger
from media_pipeline.errors import ConfigurationError

STAGE = "pipeline"


class Trigger(Protocol):
    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        """What plays this trigger; each ends, its last invocation done, soon after `stop` is set."""


def spawn(
    emulator: Emulator,
    *,
    settings: Path | None = None,
    concurrency: int | None = None,
    retry_seconds: tuple[int, int] = (1, 2),
    environment: dict[str, str] | None = None,
    log: Path | None = None,
) -> Child:
    """Start the dispatcher for a provisioned emulator as a process of its own."""
    return Child(
        __name__,
        str(settings or emulator.zappa_settings),
        emulator.outputs["LocalBucketEventsUrl"],
        f"--concurrency={concurrency or os.cpu_count() or 1}",
        "--retry-seconds",
        *map(str, retry_seconds),
        environment={**emulator.environment("pipeline"), **(environment or {})},
        log=log,
    )


def triggers(function: Function, bucket_events: str, retry_seconds: tuple[int, int]) -> list[Trigger]:
    """One trigger for each of the stage's events."""
    execution_role = client("sqs")
    found: list[Trigger] = []
    for event in function.settings["events"]:
        source = event.get("event_source", {}).get("arn", "")
        if "expression" in event:
            found.append(ScheduleTrigger(function, event))
        elif source.startswith("arn:aws:s3:"):
            found.append(
                BucketTrigger(
                    function,
                    event,
                    queue_url=bucket_events,
                    service=client("sqs", "local"),
                    execution_role=execution_role,
                    retry_seconds=retry_seconds,
                )
            )
        elif source.startswith("arn:aws:sqs:"):
            found.append(QueueTrigger(function, event, execution_role=execution_role))
        elif source.startswith("arn:aws:dynamodb:"):
            found.append(StreamTrigger(function, event, streams=client("dynamodbstreams"), sqs=execution_role))
        else:
            raise ConfigurationError(f"The local dispatcher cannot play this event of zappa_settings.json: {event}")
    return found


def client(service: str, profile: str | None = None) -> Any:
    session: Any = boto3.Session(profile_name=profile)
    return session.client(service, config=Config(max_pool_connections=64))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path)
    parser.add_argument("bucket_events")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--retry-seconds", type=int, nargs=2, default=(1, 2))
    options = parser.parse_args()

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    exit_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    function = Function(zappa_settings.stage(options.settings, STAGE), STAGE, concurrency=options.concurrency)
    running = [
        thread
        for trigger in triggers(function, options.bucket_events, tuple(options.retry_seconds))
        for thread in trigger.threads(stop)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


if __name__ == "__main__":
    main()

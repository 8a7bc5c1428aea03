"""The table's stream as Lambda would deliver it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from config.local_aws.emulator import Emulator
from config.local_aws.function import LambdaContext
from config.local_aws.triggers.filters import matches
from config.local_aws.triggers.stream import _plain
from moderation import handlers
from tests.support.aws import as_role


def lambda_context() -> LambdaContext:
    return LambdaContext("test", "arn:aws:lambda:us-east-1:000000000000:function:test", 3008, 120, "request")


@dataclass
class Stream:
    """What was written to the media table since this was made, delivered when the test says so."""

    aws: Emulator
    iterators: dict[str, str] = field(default_factory=dict)
    arn: str = ""

    def __post_init__(self) -> None:
        self.arn = self.aws.outputs["MediaTableStreamArn"]
        self.client = self.aws.root_client("dynamodbstreams")
        settings = json.loads(self.aws.zappa_settings.read_text())["pipeline"]["events"]
        source = next(event for event in settings if event["function"] == "moderation.handlers.on_record_changed")
        self.filters = source["event_source"]["filters"]
        for shard in self.client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]:
            answer = self.client.get_shard_iterator(
                StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
            )
            self.iterators[shard["ShardId"]] = answer["ShardIterator"]

    def records(self) -> list[dict[str, Any]]:
        """What the filters of zappa_settings.json let through, in order; each is there once."""
        found: list[dict[str, Any]] = []
        for shard, iterator in self.iterators.items():
            answer = self.client.get_records(ShardIterator=iterator, Limit=1000)
            self.iterators[shard] = answer["NextShardIterator"]
            found += [_plain(record) for record in answer["Records"]]
        return [record for record in found if any(matches(pattern, record) for pattern in self.filters)]

    def pump(self) -> dict[str, Any]:
        return deliver(self.records())


def deliver(records: list[dict[str, Any]]) -> dict[str, Any]:
    with as_role("pipeline"):
        return handlers.on_record_changed({"Records": records}, lambda_context())

"""Lambda's DynamoDB trigger: the table's stream, filtered, in batches and in order.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html

Beside the keys that Zappa knows, an event source may have those that only the deployment's own callback sets up:
`filters` (patterns, any of which may match), `maximum_retry_attempts` and `on_failure` (a queue's ARN).
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from config.local_aws.function import Event, Function, handler
from config.local_aws.queues import queue_url
from config.local_aws.triggers.filters import matches

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_READS = 0.2
SECONDS_BEFORE_RETRY = 0.5


class StreamTrigger:
    """Reads with the function's own role. A batch that fails is halved until the record at fault stands alone; that
    one is tried again, and then described to the queue in `on_failure`.

    It starts with the oldest record there is, as the emulator keeps no place for us: records come more than once.
    """

    def __init__(self, function: Function, event: dict[str, Any], *, streams: Any, sqs: Any) -> None:
        self.function = function
        self.handler = handler(event["function"])
        self.name: str = event["function"]
        source = event["event_source"]
        self.arn: str = source["arn"]
        self.batch_size: int = source.get("batch_size", 100)
        self.filters: list[Event] = source.get("filters", [])
        self.retries: int = source.get("maximum_retry_attempts", 2)
        self.on_failure: str | None = source.get("on_failure")
        self.streams = streams
        self.sqs = sqs

    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        shards = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        return [threading.Thread(target=self._follow, args=(stop, shard["ShardId"])) for shard in shards]

    def _follow(self, stop: threading.Event, shard: str) -> None:
        """Until `stop` is set and the shard read to its end: the emulator forgets its streams when it stops."""
        iterator: str | None = None
        while True:
            stopping = stop.is_set()
            try:
                iterator = iterator or self._oldest(shard)
                answer = self.streams.get_records(ShardIterator=iterator, Limit=self.batch_size)
            except (BotoCoreError, ClientError) as exc:
                if stopping:
                    return
                logger.warning("The stream %s cannot be read: %s", self.arn, exc)
                iterator = None
                stop.wait(1)
                continue
            records = [self._record(record) for record in answer["Records"]]
            wanted = [record for record in records if self.wants(record)]
            if wanted:
                self._deliver(shard, wanted)
            iterator = answer.get("NextShardIterator")
            if not records:
                if stopping:
                    return
                stop.wait(SECONDS_BETWEEN_READS)

    def _oldest(self, shard: str) -> str:
        answer = self.streams.get_shard_iterator(StreamArn=self.arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        found: str = answer["ShardIterator"]
        return found

    def wants(self, record: Event) -> bool:
        return not self.filters or any(matches(pattern, record) for pattern in self.filters)

    def _deliver(self, shard: str, batch: list[Event]) -> None:
        done = self._attempt(batch)
        rest = batch[done:]
        if not rest:
            return
        if len(rest) > 1:
            middle = len(rest) // 2
            self._deliver(shard, rest[:middle])
            self._deliver(shard, rest[middle:])
            return
        for _ in range(self.retries):
            threading.Event().wait(SECONDS_BEFORE_RETRY)
            if self._attempt(rest):
                return
        self._describe_failure(shard, rest[0])

    def _attempt(self, batch: list[Event]) -> int:
        """How many records, from the first, the function is done with."""
        try:
            answer = self.function.invoke(self.handler, {"Records": batch})
        except Exception:  # whatever a handler raises is its own affair, here as on Lambda
            logger.exception("%s failed with %d records", self.name, len(batch))
            return 0
        failed = {item.get("itemIdentifier") for item in (answer or {}).get("batchItemFailures") or []}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        if not failed <= set(numbers):  # as on Lambda, an answer that makes no sense fails all of it
            return 0
        return next((place for place, number in enumerate(numbers) if number in failed), len(batch))

    def _describe_failure(self, shard: str, record: Event) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: where it is, not what it says."""
        if not self.on_failure:
            return
        number = record["dynamodb"]["SequenceNumber"]
        arrived = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC).isoformat()
        message = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self.function.context("").invoked_function_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.retries + 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "approximateArrivalOfFirstRecord": arrived,
                "approximateArrivalOfLastRecord": arrived,
                "batchSize": 1,
                "streamArn": self.arn,
            },
        }
        self.sqs.send_message(QueueUrl=queue_url(self.sqs, self.on_failure), MessageBody=json.dumps(message))

    def _record(self, record: Event) -> Event:
        """The record as Lambda's JSON has it, where boto3 made datetimes and bytes."""
        return {**_plain(record), "eventSourceARN": self.arn}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    return value

"""What goes into the retry queue, and how long it waits there; on moto, which is enough for one call."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from media_pipeline.aws import clients as aws
from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        aws.reset()
        client = aws.client("sqs")
        url = client.create_queue(QueueName="retry")["QueueUrl"]
        monkeypatch.setattr(retry_queue, "conf", dataclasses.replace(conf, retry_queue_url=url))
        yield client
    aws.reset()


def bodies(sqs: Any) -> list[dict[str, Any]]:
    answer = sqs.receive_message(QueueUrl=retry_queue.conf.retry_queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_a_message_names_the_image_to_go_on_with(sqs: Any) -> None:
    retry_queue.send("01HZ")
    assert bodies(sqs) == [{"image_id": "01HZ"}]


def test_a_delayed_message_is_not_there_yet(sqs: Any) -> None:
    retry_queue.send("01HZ", delay=60)
    assert bodies(sqs) == []


def test_a_rendition_travels_with_its_image(sqs: Any) -> None:
    retry_queue.send_rendition("01HZ", {"format": "webp", "width": 320})
    assert bodies(sqs) == [{"image_id": "01HZ", "rendition": {"format": "webp", "width": 320}}]


def test_delays_double_up_to_what_sqs_takes_and_are_spread() -> None:
    for attempts in range(1, 20):
        longest = min(retry_queue.MAX_DELAY, conf.retry_delay_seconds * 2 ** (attempts - 1))
        drawn = [retry_queue.backoff(attempts) for _ in range(50)]
        assert all(longest // 2 <= delay <= longest for delay in drawn)
        assert len(set(drawn)) > 1

"""Dead letters and failed images, handled from the admin."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from config.local_aws.emulator import Emulator
from media_pipeline.conf import conf
from media_pipeline.errors import NotAllowedError
from media_pipeline.record.models import FAILED, Image
from moderation.models import ReviewCase
from moderation.services.operations import operations
from tests.support.moderators import People
from tests.support.tasks import work
from tests.support.uploads import announced, reread

Make = Callable[..., Image]
pytestmark = pytest.mark.usefixtures("empty_queues")
STREAM_FAILURE = {
    "requestContext": {"condition": "RetryAttemptsExhausted"},
    "DDBStreamBatchInfo": {"startSequenceNumber": "1"},
}


class Queues:
    def __init__(self, aws: Emulator) -> None:
        self.sqs = aws.root_client("sqs")
        for url in (conf.dead_letters_url, conf.retry_queue_url, conf.tasks_queue_url):
            self.sqs.purge_queue(QueueUrl=url)

    def die(self, body: dict[str, Any], error: str = "") -> None:
        attributes = {"ErrorMessage": {"DataType": "String", "StringValue": error}} if error else {}
        self.sqs.send_message(
            QueueUrl=conf.dead_letters_url, MessageBody=json.dumps(body), MessageAttributes=attributes
        )

    def retried(self) -> list[Any]:
        answer = self.sqs.receive_message(QueueUrl=conf.retry_queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture
def queues(aws: Emulator) -> Queues:
    return Queues(aws)


def failed_image() -> Image:
    record = announced()
    record.change(
        [Image.unfinished.set(FAILED), Image.failure.set("The file is damaged."), Image.version_id.set("1")],
        Image.image_id.exists(),
    )
    return record


def test_a_dead_letter_says_what_why_and_which_image(queues: Queues, people: People) -> None:
    queues.die({"image_id": "01ABC"}, error="S3 did not answer\nTraceback")
    (letter,) = operations.letters(people("lead"))
    assert (letter.what, letter.why, letter.image_id) == ("Go on with an image", "S3 did not answer", "01ABC")


def test_a_dead_task_says_of_which_kind_it_was(queues: Queues, people: People) -> None:
    queues.die({"kind": "webhook", "delivery": 7})
    (letter,) = operations.letters(people("lead"))
    assert (letter.what, letter.image_id) == ("A task of moderation: webhook", "")


def test_redriven_it_goes_to_the_retry_queue_and_is_logged(queues: Queues, people: People) -> None:
    queues.die({"image_id": "01ABC"})
    (letter,) = operations.letters(people("lead"))
    until_seen_again()
    assert operations.redrive(people("lead"), [letter.message_id]) == 1
    assert queues.retried() == [{"image_id": "01ABC"}]
    entry = LogEntry.objects.get(object_id="01ABC")
    assert (entry.change_message, entry.user_id) == ("dead letter redriven", people("lead").id)


def until_seen_again() -> None:
    time.sleep(operations.LOOKING + 0.2)


def test_a_change_that_was_not_followed_is_mended(queues: Queues, people: People, waiting: Make) -> None:
    """The web may neither make renditions nor tell of cases: it sends the pipeline a task."""
    record = waiting()
    ReviewCase.objects.all().delete()
    queues.die(STREAM_FAILURE)
    (letter,) = operations.letters(people("lead"))
    until_seen_again()
    assert operations.redrive(people("lead"), [letter.message_id]) == 1
    assert operations.letters(people("lead")) == []
    assert work() == 1
    assert ReviewCase.objects.filter(pk=record.image_id).exists()


def test_discarded_it_is_gone(queues: Queues, people: People) -> None:
    queues.die({"nonsense": True})
    (letter,) = operations.letters(people("lead"))
    until_seen_again()
    assert operations.discard(people("lead"), [letter.message_id]) == 1
    assert operations.letters(people("lead")) == []


def test_a_failed_image_is_tried_again(queues: Queues, people: People) -> None:
    record = failed_image()
    client = Client()
    client.force_login(people.user("lead"))
    assert "The file is damaged." in client.get("/admin/operations").content.decode()
    client.post("/admin/operations", {"act": "retry", "chosen": [record.image_id]})
    assert reread(record).failure is None
    assert {"image_id": record.image_id} in queues.retried()
    assert LogEntry.objects.filter(object_id=record.image_id, change_message="retried").exists()


def test_others_may_not(people: People, aws: Emulator) -> None:
    with pytest.raises(NotAllowedError):
        operations.redrive(people("senior"), ["x"])
    client = Client()
    client.force_login(people.user("senior"))
    assert client.get("/admin/operations").status_code == 403

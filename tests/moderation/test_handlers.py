"""From the table's stream to cases and alerts: late, twice, out of order, and with a service down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from config.local_aws.emulator import Emulator
from media_pipeline.conf import conf
from media_pipeline.record.models import BLURRED, Image, Rendition, ReviewState, Status
from media_pipeline.review import acts
from media_pipeline.review.verdicts import Outcome, Verdict
from media_pipeline.storage import buckets
from moderation.models import AuditLine, ChildSafetyCase, ReviewCase, Score
from moderation.services.cases import reports_and_appeals
from tests.support.aws import service_at
from tests.support.cases import WEAPONS
from tests.support.pictures import new_jpeg
from tests.support.pipeline import erase, project
from tests.support.rekognition_stub import RekognitionStub
from tests.support.stream import Stream, deliver
from tests.support.uploads import processed, reread

Make = Callable[..., Image]
State = ReviewCase.State
REMOVE = Verdict(Outcome.REMOVE, "violence", 1, batch="b")
ALLOW = Verdict(Outcome.ALLOW, batch="b")


class Inbox:
    """A queue that is subscribed to the topic `flagged`."""

    def __init__(self, aws: Emulator) -> None:
        self.sqs, sns = aws.root_client("sqs"), aws.root_client("sns")
        self.url = self.sqs.create_queue(QueueName="flagged-inbox")["QueueUrl"]
        arn = "arn:aws:sqs:us-east-1:000000000000:flagged-inbox"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        sns.subscribe(TopicArn=conf.flagged_topic_arn, Protocol="sqs", Endpoint=arn)
        self.drain()

    def drain(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def about(self, record: Image) -> list[dict[str, Any]]:
        return [found for found in self.drain() if json.loads(found["Message"])["image_id"] == record.image_id]


@pytest.fixture
def inbox(aws: Emulator) -> Inbox:
    return Inbox(aws)


@pytest.fixture
def flagged_image(stream: Stream, people: object, rekognition: RekognitionStub) -> Image:
    rekognition.finds_labels(*WEAPONS)
    return processed(new_jpeg(800, 600), owner="alice", filename="toy.jpg")


@pytest.mark.usefixtures("people")
class TestWhatPublishes:
    def test_a_flagged_image_becomes_a_case_and_is_told_of(
        self, flagged_image: Image, stream: Stream, inbox: Inbox
    ) -> None:
        assert stream.pump() == {"batchItemFailures": []}
        case = ReviewCase.objects.get(pk=flagged_image.image_id)
        assert (case.state, case.label, case.confidence, case.severity) == (State.OPEN, "Weapons", 91.0, 4)
        (told,) = inbox.about(flagged_image)
        assert told["Subject"] == "Inappropriate content detected"
        message = json.loads(told["Message"])
        assert message["key"] == f"original/{flagged_image.image_id}"
        assert {"name": "Weapons", "parent": "Violence", "confidence": 91.0} in message["labels"]
        assert message["console"] == f"http://127.0.0.1:8000/admin/review/{flagged_image.image_id}"

    def test_an_image_without_a_flag_is_not(self, stream: Stream, inbox: Inbox) -> None:
        record = processed(new_jpeg())
        stream.pump()
        assert not ReviewCase.objects.filter(pk=record.image_id).exists()
        assert inbox.about(record) == []

    def test_further_flags_undo_and_appeal_are_not_told(
        self, flagged_image: Image, stream: Stream, inbox: Inbox
    ) -> None:
        stream.pump()
        assert len(inbox.about(flagged_image)) == 1
        record = acts.report(reread(flagged_image), "bad", by="bob")
        record = acts.decide(record, REMOVE, by="mod")
        record = acts.undo(record, batch="b", by="mod")
        record = acts.decide(record, REMOVE, by="mod")
        acts.appeal(record, "a toy", by="alice")
        stream.pump()
        assert ReviewCase.objects.get(pk=record.image_id).state == State.APPEALED
        assert inbox.about(flagged_image) == []

    def test_a_report_is_told_without_the_reporters_words(self, stream: Stream, inbox: Inbox) -> None:
        from media_pipeline.access.readers import Reader

        record = processed(new_jpeg())
        reports_and_appeals.report(Reader("bob"), record.image_id, "my neighbour's garden")
        stream.pump()
        case = ReviewCase.objects.get(pk=record.image_id)
        assert (case.source, case.reports) == (ReviewCase.Source.REPORT, 1)
        assert reread(record).status is Status.IN_REVIEW
        (told,) = inbox.about(record)
        assert "neighbour" not in told["Message"]

    def test_a_held_image_is_told_to_nobody_and_not_kept_in_sql(
        self, flagged_image: Image, stream: Stream, inbox: Inbox
    ) -> None:
        acts.hold(reread(flagged_image), because="seen", by="mod")
        stream.pump()
        inbox.drain()
        for model in (ReviewCase, Score):
            assert not model.objects.filter(pk=flagged_image.image_id).exists()
        assert not AuditLine.objects.filter(image_id=flagged_image.image_id).exists()
        assert ChildSafetyCase.objects.filter(pk=flagged_image.image_id).exists()


class TestDisorder:
    def test_everything_twice_changes_nothing(self, flagged_image: Image, stream: Stream, inbox: Inbox) -> None:
        acts.decide(reread(flagged_image), REMOVE, by="mod")
        records = stream.records()
        deliver(records)
        before = list(ReviewCase.objects.values()), list(AuditLine.objects.values()), list(Score.objects.values())
        deliver(records)
        assert (
            list(ReviewCase.objects.values()),
            list(AuditLine.objects.values()),
            list(Score.objects.values()),
        ) == before
        assert len(inbox.about(flagged_image)) == 1

    def test_backwards_ends_the_same(self, flagged_image: Image, stream: Stream) -> None:
        acts.decide(reread(flagged_image), REMOVE, by="mod")
        deliver(stream.records()[::-1])
        case = ReviewCase.objects.get(pk=flagged_image.image_id)
        assert (case.state, case.verdict, case.decided_by) == (State.DECIDED, "remove", "mod")

    def test_a_stale_record_does_not_bring_back_what_is_held(self, flagged_image: Image, stream: Stream) -> None:
        stale = reread(flagged_image)
        acts.hold(reread(flagged_image), because="seen")
        stream.pump()
        project(stale)
        assert not ReviewCase.objects.filter(pk=flagged_image.image_id).exists()

    def test_a_decision_whose_commit_was_lost_is_repaired(self, flagged_image: Image, stream: Stream) -> None:
        stream.pump()
        acts.decide(reread(flagged_image), ALLOW, by="mod")  # and SQL never heard of it
        assert ReviewCase.objects.get(pk=flagged_image.image_id).state == State.OPEN
        stream.pump()
        assert ReviewCase.objects.get(pk=flagged_image.image_id).state == State.DECIDED

    def test_an_erased_image_leaves_the_queue(self, flagged_image: Image, stream: Stream) -> None:

        stream.pump()
        erase(reread(flagged_image))
        stream.pump()
        case = ReviewCase.objects.get(pk=flagged_image.image_id)
        assert case.is_gone
        assert case.state == State.DECIDED


class TestOutages:
    def test_with_sns_down_the_case_is_there_the_alert_comes_later(
        self, flagged_image: Image, stream: Stream, inbox: Inbox
    ) -> None:
        records = stream.records()
        with service_at("sns", "http://127.0.0.1:9"):
            answer = deliver(records)
        finished = next(record for record in records if "unfinished" not in record["dynamodb"]["NewImage"])
        assert answer == {"batchItemFailures": [{"itemIdentifier": finished["dynamodb"]["SequenceNumber"]}]}
        assert ReviewCase.objects.filter(pk=flagged_image.image_id, alerted_at=None).exists()
        assert deliver(records) == {"batchItemFailures": []}
        assert len(inbox.about(flagged_image)) == 1

    def test_with_sql_down_the_batch_comes_again(
        self, flagged_image: Image, stream: Stream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        records = stream.records()
        with monkeypatch.context() as outage:

            def down(*args: object, **options: object) -> None:
                raise OperationalError("could not connect to server")

            outage.setattr("django.db.transaction.Atomic.__enter__", down)
            assert deliver(records)["batchItemFailures"] == [
                {"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}
            ]
        assert deliver(records) == {"batchItemFailures": []}
        assert ReviewCase.objects.filter(pk=flagged_image.image_id).exists()

    def test_a_poison_record_names_itself_those_before_it_are_done(self, flagged_image: Image, stream: Stream) -> None:
        good = stream.records()
        poison = {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "666", "NewImage": {"review": {"S": "open"}}}}
        assert deliver([*good, poison]) == {"batchItemFailures": [{"itemIdentifier": "666"}]}
        assert ReviewCase.objects.filter(pk=flagged_image.image_id).exists()


class TestTheBlurredRendition:
    def test_it_is_there_when_the_case_opens(self, flagged_image: Image, stream: Stream) -> None:
        """It shows only light and dark."""
        import io

        from PIL import Image as Pillow

        stream.pump()
        stored = buckets.fetch_rendition(flagged_image.image_id, Rendition(BLURRED, "jpeg", 0, 0, 0))
        assert stored is not None
        picture = Pillow.open(io.BytesIO(stored)).convert("L")
        assert picture.size == (640, 480)
        step = max(abs(picture.getpixel((x, 240)) - picture.getpixel((x + 4, 240))) for x in range(0, 632, 4))  # type: ignore[operator]
        assert step < 20  # nothing has an edge any more


@pytest.mark.usefixtures("people")
class TestHeirs:
    def test_they_follow_what_becomes_of_their_source(self, stream: Stream, rekognition: RekognitionStub) -> None:
        rekognition.finds_labels(*WEAPONS)
        data = new_jpeg()
        source = processed(data, owner="alice")
        heir = processed(data, owner="bob")
        assert heir.verdict_from == source.image_id
        decided = acts.decide(reread(source), REMOVE, by="mod")
        stream.pump()
        assert reread(heir).status is Status.REJECTED
        acts.undo(decided, batch="b", by="mod")
        stream.pump()
        assert reread(heir).status is Status.IN_REVIEW

    def test_a_decision_that_people_made_on_the_heir_itself_stays(
        self, stream: Stream, rekognition: RekognitionStub
    ) -> None:
        rekognition.finds_labels(*WEAPONS)
        data = new_jpeg()
        source, heir = processed(data, owner="alice"), processed(data, owner="bob")
        acts.decide(reread(heir), ALLOW, by="mod")
        acts.decide(reread(source), REMOVE, by="other")
        stream.pump()
        assert reread(heir).status is Status.READY

    def test_copies_of_a_held_image_are_held(self, stream: Stream, rekognition: RekognitionStub) -> None:
        rekognition.finds_labels(*WEAPONS)
        data = new_jpeg()
        source, heir = processed(data, owner="alice"), processed(data, owner="bob")
        acts.hold(reread(source), because="seen", by="mod")
        stream.pump()
        assert reread(heir).review == ReviewState.CHILD_SAFETY

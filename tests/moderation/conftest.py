"""Images that were flagged, people with every role, and the stream. Imports are inside: Django is not set up yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from config.local_aws.emulator import Emulator
from tests.support.rekognition_stub import RekognitionStub

if TYPE_CHECKING:
    from media_pipeline.record.models import Image
    from moderation.models import EventType, User, WebhookEndpoint
    from tests.moderation.webhooks.receiving import MakeEndpoint, Receiver
    from tests.support.cases import Labels
    from tests.support.moderators import People
    from tests.support.stream import Stream


@pytest.fixture
def stream(aws: Emulator, db: None) -> Stream:
    from tests.support.stream import Stream

    return Stream(aws)


@pytest.fixture(autouse=True)
def no_random_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of images that a test makes, none is drawn unless the test says so."""
    from media_pipeline.review import policy
    from media_pipeline.review.policy import Policy

    monkeypatch.setattr(policy, "current", lambda: Policy(sample_rate=0, second_review_rate=0))


@pytest.fixture
def people(db: None) -> People:
    from moderation.roles import create_groups
    from moderation.services.cases import policies
    from tests.support.moderators import People

    create_groups()
    policies.create_defaults()
    return People()


@pytest.fixture
def flagged(aws: Emulator, people: People, rekognition: RekognitionStub) -> Callable[..., Image]:
    """An image that the pipeline flagged, with its case: `flagged(labels=EXPLICIT, owner="bob")`."""
    from tests.support.cases import EXPLICIT
    from tests.support.pictures import new_jpeg
    from tests.support.pipeline import project
    from tests.support.uploads import processed

    def make(*, labels: Labels = EXPLICIT, owner: str = "alice", **more: Any) -> Image:
        rekognition.finds_labels(*labels)
        record = processed(new_jpeg(), owner=owner, **more)
        rekognition.reset()
        project(record)
        return record

    return make


@pytest.fixture
def waiting(aws: Emulator, people: People) -> Callable[..., Image]:
    """An image that waits for a decision, without the pipeline's work; cheap, for tests that need many."""
    from tests.support.cases import waiting_image

    return waiting_image


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver of webhooks on this machine, which this process vouches for."""
    from tests.moderation.webhooks.receiving import Receiver, trust

    trust(monkeypatch, "127.0.0.1")
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def endpoint(aws: Emulator, people: People, receiver: Receiver) -> MakeEndpoint:
    """A webhook of the receiver's, and its secret: `endpoint(EventType.READY, owner=bob)`. No earlier task waits."""
    from media_pipeline.conf import conf
    from moderation.models import EventType, WebhookEndpoint
    from moderation.services.webhooks import endpoints

    aws.root_client("sqs").purge_queue(QueueUrl=conf.tasks_queue_url)

    def make(*events: EventType, owner: User | None = None) -> tuple[WebhookEndpoint, str]:
        made = WebhookEndpoint(url=f"{receiver.url}/in", events=list(events or EventType), owner=owner)
        return made, endpoints.make(people("lead"), made)

    return make


@pytest.fixture
def console(aws: Emulator, live_server: Any, people: People, page: Any) -> Callable[..., Any]:
    """The console in a browser, signed in: `console("moderator")`, or with a person of that name."""
    from tests.support.moderators import sign_in

    def open_(*roles: str, name: str = "", context: Any = None) -> Any:
        return sign_in(context or page.context, live_server.url, people.user(*roles, name=name))

    return open_

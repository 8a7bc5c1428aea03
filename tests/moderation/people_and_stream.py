"""People with every role, and the table's stream as Lambda would deliver it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config.local_aws.emulator import Emulator
from config.local_aws.function import LambdaContext
from config.local_aws.triggers.filters import matches
from config.local_aws.triggers.stream import _plain
from media_pipeline.imaging.blur import blurred
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.record.models import BLURRED, Image, Rendition
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.storage import buckets
from moderation import handlers
from moderation.models import User
from moderation.roles import Moderator, join, moderator
from moderation.services.cases import projection
from tests.support.pictures import make_picture
from tests.support.uploads import announced, reread

WEAPONS = (("Violence", "", 1, 91.0), ("Weapons", "Violence", 2, 91.0))


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
    return handlers.on_record_changed({"Records": records}, lambda_context())


@dataclass(frozen=True)
class People:
    """One of each role, made when first asked for: `people("senior")`."""

    made: dict[str, Moderator] = field(default_factory=dict)

    def user(self, *roles: str, name: str = "") -> User:
        username = name or "-".join(roles).replace(" ", "-")
        user, created = User.objects.get_or_create(
            username=username, defaults={"email": f"{username}@example.com", "is_staff": True}
        )
        if created:
            join(user, roles)
        return user

    def __call__(self, *roles: str, name: str = "") -> Moderator:
        return moderator(self.user(*roles, name=name))


Labels = tuple[tuple[str, str, int, float], ...]
EXPLICIT: Labels = (("Explicit", "", 1, 97.0), ("Explicit Nudity", "Explicit", 2, 97.0))


def waiting_image(*, owner: str = "alice", labels: Labels = EXPLICIT, picture: bool = False, **facts: Any) -> Image:
    """A record with a flag, and its case; with `picture`, the renditions that reviewers see as well."""
    said = {name: facts.pop(name) for name in ("filename", "title") if name in facts}
    record = announced(owner=owner, **said)
    found = {
        "labels": [list(label) for label in labels],
        "thresholds": {label[0]: 80.0 for label in labels},
        "model": "7.0",
        "policy": 0,
        "judgeable": True,
    }
    values = {"version_id": "1", "width": 640, "height": 480, "moderation": found, **facts}
    if picture:
        values["renditions"] = {"large": ["jpeg", 600, 450, len(clear_bytes())]}
        buckets.put_rendition(record.image_id, Rendition("large", "jpeg", 600, 450, 0), clear_bytes())
        buckets.put_rendition(record.image_id, Rendition(BLURRED, "jpeg", 640, 480, 0), blurred_bytes())
    actions = [getattr(Image, name).set(value) for name, value in values.items()]
    record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    flags = [Flag(FlagKind.LABEL, label[0], label[3]) for label in labels if label[3] >= 80]
    acts.flag(record, flags or [Flag(FlagKind.SAMPLE)])
    projection.project(record)
    return reread(record)


@cache
def clear_bytes() -> bytes:
    return encode_jpeg(make_picture(600, 450, seed=5), quality=80)


@cache
def blurred_bytes() -> bytes:
    return encode_jpeg(blurred(make_picture(600, 450, seed=5)), quality=60)


def sign_in(context: Any, url: str, user: User) -> Any:
    """A page of the browser's, with the person's session; where, is `page.site`."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    page = context.pages[0] if context.pages else context.new_page()
    page.site = url
    return page

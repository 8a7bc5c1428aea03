"""When the policy changes: verdicts that were taken over are asked again, the labels against the new thresholds.

Nobody looked at those images themselves, so nothing but the policy of then lets them out or keeps them in. The schedule
walks through all families (a source and the images that took over its verdict), a budget of seconds at a time, and
remembers in the limits table how far it came. What people decided on an image itself stays.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from media_pipeline.aws.dynamodb import Item
from media_pipeline.aws.rekognition import ModerationLabel
from media_pipeline.conf import conf
from media_pipeline.record import labels
from media_pipeline.record.models import UNFINISHED_SHARDS, Image, ReviewState, Term
from media_pipeline.review import acts, audit, policy
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.judgement import HEIRS, SOURCES
from media_pipeline.review.policy import Policy
from media_pipeline.review.verdicts import Review
from media_pipeline.review.writes import Act, write

START, END = "0||", "end"
REMEMBER_EVERY = 100  # images; as many are looked at twice after a crash, which changes nothing


class Walk(Item):
    """How far the families have been asked under policy `version`; `position` is shard|source|heir."""

    class Meta:
        table_name = conf.limits_table
        region = conf.region

    PK = "policy|rejudged"

    pk = UnicodeAttribute(hash_key=True, default=PK)
    version = NumberAttribute()
    position = UnicodeAttribute()


def go_on(*, deadline: float) -> int:
    """Ask on where the last call stopped, until `deadline` (of time.monotonic); how many verdicts changed."""
    rules = policy.current()
    walk = _walk(rules.version)
    changed = 0
    if walk.position == END:
        return 0
    for number, position in enumerate(_positions(walk.position), start=1):
        changed += _ask_again(position, rules)
        walk.position = position
        is_late = time.monotonic() > deadline
        if is_late or number % REMEMBER_EVERY == 0:
            _remember(walk)
        if is_late:
            return changed
    walk.position = END
    _remember(walk)
    return changed


def _walk(version: int) -> Walk:
    walk = Walk.load(Walk.PK)
    return walk if walk and walk.version == version else Walk(version=version, position=START)


def _remember(walk: Walk) -> None:
    walk.save()


def _positions(after: str) -> Iterator[str]:
    """Every source, and after it each of its heirs, in order."""
    shard, source, heir = after.split("|")
    for number in range(int(shard), UNFINISHED_SHARDS):
        for source_id in _ids(f"{SOURCES}|{number}", Term.image_id >= source if source else None):
            is_new = source_id != source
            if is_new:
                yield f"{number}|{source_id}|"
            for heir_id in _ids(f"{HEIRS}|{source_id}", Term.image_id > heir if heir and not is_new else None):
                yield f"{number}|{source_id}|{heir_id}"
        source = heir = ""


def _ids(term: str, beyond: Condition | None) -> Iterator[str]:
    for item in Term.query(term, beyond):
        yield item.image_id


def _ask_again(position: str, rules: Policy) -> bool:
    _, source, heir = position.split("|")
    record = Image.load(heir or source)
    if record is None or not labels.moderating(record):
        return False
    before = record.audit_head
    return write(record, audit.PIPELINE, lambda current, review: _plan(current, review, rules)).audit_head != before


def _plan(current: Image, review: Review, rules: Policy) -> Act | None:
    """Open the review, add to the open one, or open a decided one again; None where the policy makes no difference."""
    facts = current.moderation
    found = labels.moderating(current)
    over = rules.over_threshold(found)
    was_over = {label.name for label in found if label.confidence >= facts["thresholds"][label.name]}
    if {label.name for label in over} == was_over or review.state is ReviewState.CHILD_SAFETY:
        return None
    known = acts.flags_of(current)
    new = [flag for label in over if (flag := Flag(FlagKind.LABEL, label.name, label.confidence)) not in known]
    actions = [
        Image.moderation.set(_under(rules, facts, found)),
        Image.flags.set([*(current.flags or ()), *acts.as_facts(new)]),
    ]
    if not review.is_decided:
        return Act("flagged", {"flags": acts.as_facts(new), "policy": rules.version}, actions) if new else None
    if review.decision is not None and review.decision.by != audit.PIPELINE:
        return None
    return Act("reopened", {"reason": f"The policy changed (version {rules.version})."}, actions)


def _under(rules: Policy, facts: dict[str, Any], found: list[ModerationLabel]) -> dict[str, Any]:
    return {
        **facts,
        "thresholds": {label.name: rules.threshold(label) for label in found},
        "policy": rules.version,
    }

"""What comparing has shown: how often the first look would have passed what Rekognition found something in.

One ADD an image of the compared share, and none for the others.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError
from media_pipeline.pipeline.first_look.advice import Subject
from media_pipeline.telemetry import logger


class Tally(Item):
    """`stands_for` is how many images were passed without a call, as the share tells: at 5 %, 19 for each compared."""

    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    compared = NumberAttribute(default=0)
    missed = NumberAttribute(default=0)
    stands_for = NumberAttribute(default=0)


def compared(subject: Subject, *, missed: bool) -> None:
    """Count one comparison. Statistics hold up no image: when DynamoDB does not answer, it is not counted."""
    others = (100 - conf.first_look_sample_percent) / conf.first_look_sample_percent
    actions: list[Action] = [
        Tally.compared.add(1),
        Tally.missed.add(int(missed)),
        Tally.stands_for.add(round(others, 3)),
    ]
    try:
        Tally(_key(subject)).update(actions)
    except TemporaryError as error:
        logger.warning("comparison not counted", subject=subject.value, reason=str(error))


def tallies() -> dict[Subject, Tally]:
    stored = {tally.pk: tally for tally in Tally.load_many(_key(subject) for subject in Subject)}
    return {subject: stored.get(_key(subject), Tally(_key(subject))) for subject in Subject}


def _key(subject: Subject) -> str:
    return f"first-look|{subject}"

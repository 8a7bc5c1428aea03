"""What an image costs on AWS, by service, with the arithmetic and what it rests on.

    manage.py cost_report --images 30000000 --duplicates 20 --faces 30

What `make bench` measured is taken from .local/bench.json; an option overrules it; what is neither is assumed. Each
figure says which it is. The first look's misses are read from the running stack.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import fields, replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from pynamodb.exceptions import PynamoDBException

from media_pipeline.conf import conf
from media_pipeline.costs import costs, prices
from media_pipeline.costs.costs import Function, Line, Traffic, Usage
from media_pipeline.errors import TemporaryError
from media_pipeline.pipeline.first_look.advice import Subject
from media_pipeline.pipeline.first_look.tally import tallies

MEASURED = "cost.measured_"  # how the bench's figures of one image's usage begin


class Command(BaseCommand):
    help = "Print what a million images cost, by service, and what it rests on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=float, help="images a month, for Rekognition's tiers")
        parser.add_argument("--seconds", type=float, help="CPU seconds an image")
        parser.add_argument("--duplicates", type=float, help="per cent of uploads whose bytes were there before")
        parser.add_argument("--faces", type=float, help="per cent of images that may show a face")
        parser.add_argument("--consented", type=float, help="per cent of images whose libraries have people recognised")
        parser.add_argument("--unsafe", type=float, help="per cent of images that may be unsafe")
        parser.add_argument("--memory", type=int, default=Function().memory_mb, help="MB of the function")
        parser.add_argument("--architecture", choices=sorted(prices.LAMBDA_GB_SECOND), default="x86_64")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        usage = self._usage(options["seconds"])
        traffic = self._traffic(options)
        function = Function(options["memory"], options["architecture"])
        self._say(f"\nList prices of {prices.REGION} as of {prices.AS_OF}, without free tiers; see prices.py.")
        plain = costs.processing(usage, function)
        self._scenario("Without recognition", plain)
        for name, lines in scenarios(usage, traffic, function).items():
            self._scenario(name, lines, shown=len(plain))
        self._limits(usage, traffic, function)
        self._reference()
        self._first_look(traffic)

    def _usage(self, seconds: float | None) -> Usage:
        """Measured where it was, and said so line by line."""
        usage, known = Usage(), measured()
        self._say("One image takes")
        for field in fields(Usage):
            value, origin = getattr(usage, field.name), "assumed"
            if field.name in known:
                value, origin = known[field.name], "measured by make bench on this machine"
            if field.name == "cpu_seconds" and seconds is not None:
                value, origin = seconds, "given"
            usage = replace(usage, **{field.name: value})
            self._say(f"  {field.name:24} {value:10.3f}  {origin}")
        self._say("A core of this machine is taken for one of Lambda's; the function's CPU work for serial.")
        return usage

    def _traffic(self, options: dict[str, Any]) -> Traffic:
        given = {
            "images_a_month": options["images"],
            "duplicate_share": _share(options["duplicates"]),
            "unsafe_share": _share(options["unsafe"]),
            "face_share": _share(options["faces"]),
            "consented_share": _share(options["consented"]),
        }
        changes = {name: value for name, value in given.items() if value is not None}
        traffic = replace(Traffic(), compared_share=conf.first_look_sample_percent / 100, **changes)
        self._say("\nThe traffic")
        for field in fields(Traffic):
            origin = "given" if field.name in changes else "assumed"
            if field.name == "compared_share":
                origin = "DARKROOM_FIRST_LOOK_SAMPLE_PERCENT"
            self._say(f"  {field.name:24} {getattr(traffic, field.name):10,.2f}  {origin}")
        return traffic

    def _scenario(self, name: str, lines: list[Line], *, shown: int = 0) -> None:
        """A million images; `shown` lines were printed before and are only added up."""
        self._say(f"\n{name}, a million images")
        if shown:
            self._say(f"  {'everything else':22} {costs.total(lines[:shown]):10,.2f} $")
        for line in lines[shown:]:
            self._say(f"  {line.service:22} {line.dollars:10,.2f} $   {line.arithmetic}")
        in_all = costs.total(lines)
        self._say(f"  {'in all':22} {in_all:10,.2f} $   {in_all / costs.MILLION:.6f} $ an image")

    def _limits(self, usage: Usage, traffic: Traffic, function: Function) -> None:
        goal = costs.REFERENCE_DOLLARS
        share = costs.largest_face_share(usage, traffic, function, dollars=goal)
        upto = "at no share" if share is None else f"up to {share:.0%}"
        self._say(f"\nWith reuse and first look a million stay under {goal:.0f} $ {upto} of pictures with faces.")
        self._say("\nDelivery comes on top, by views: a million of a large thumbnail of 60 kB")
        for line in costs.delivery(costs.MILLION, 60):
            self._say(f"  {line.service:22} {line.dollars:10,.2f} $   {line.arithmetic}")

    def _reference(self) -> None:
        self._say(
            f"\nThe reference design promises {costs.REFERENCE_DOLLARS:.0f} $ a million. Two of its lines are wrong:"
        )
        first_million = prices.rekognition(costs.MILLION)
        self._say(f"  Rekognition: 1,000,000 images x 0.001 $ = {first_million:,.2f} $, for one kind of call")
        self._say(f"  storage: 500 GB x {prices.S3_GB_MONTH} $ = {500 * prices.S3_GB_MONTH:,.2f} $ a month")

    def _first_look(self, traffic: Traffic) -> None:
        self._say("\nThe first look, as counted on this stack")
        try:
            counted = tallies()
        except (TemporaryError, PynamoDBException) as error:
            self._say(f"  not read: {error} (`make manage ARGS=cost_report` reaches the local stack)")
            return
        price = prices.rekognition(traffic.images_a_month) / traffic.images_a_month
        for subject in Subject:
            tally = counted[subject]
            if not tally.compared:
                self._say(f"  {subject:12} nothing compared yet")
                continue
            self._say(
                f"  {subject:12} {tally.compared:,.0f} compared, {tally.missed:,.0f} missed: "
                f"{tally.missed / tally.compared:.2%}; about {tally.stands_for:,.0f} images not sent, "
                f"{tally.stands_for * price:,.2f} $ saved at {price:.5f} $"
            )

    def _say(self, line: str) -> None:
        self.stdout.write(line)


def scenarios(usage: Usage, traffic: Traffic, function: Function) -> dict[str, list[Line]]:
    """Each on top of the first; "everything" is all four kinds of call about the image."""
    plain = costs.processing(usage, function)
    looked = costs.processing(usage, function, first_look=True)
    return {
        "With moderation labels and faces": [*plain, costs.recognition(traffic, calls=2)],
        "With moderation labels and faces, and people recognised": [
            *plain,
            costs.recognition(traffic, calls=2),
            *costs.people(traffic),
        ],
        "With everything on, object labels and text too": [*plain, costs.recognition(traffic, calls=4)],
        "With moderation labels and faces, and reuse": [
            *plain,
            costs.recognition(traffic, calls=costs.calls_with_reuse(traffic)),
        ],
        "With reuse and the first look": [
            *looked,
            costs.recognition(traffic, calls=costs.calls_with_first_look(traffic)),
        ],
    }


def measured() -> dict[str, float]:
    """What the bench found out of one image, by the names of Usage."""
    file = settings.LOCAL_DIR / "bench.json"
    if not file.exists():
        return {}
    figures = json.loads(file.read_text())
    names = {field.name for field in fields(Usage)}
    return {
        name: float(figure["value"])
        for key, figure in figures.items()
        if key.startswith(MEASURED) and (name := key.removeprefix(MEASURED)) in names
    }


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100

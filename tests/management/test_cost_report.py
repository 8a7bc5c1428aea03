"""What a million images cost: the arithmetic, and that every figure says where it comes from."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from media_pipeline.costs import costs, prices
from media_pipeline.costs.costs import Function, Traffic, Usage
from media_pipeline.pipeline.first_look import tally
from media_pipeline.pipeline.first_look.advice import Subject

SETTINGS = Path(__file__).parents[2] / "zappa_settings.json"


def report(**options: Any) -> str:
    out = StringIO()
    call_command("cost_report", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def bench(settings: Any, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path
    return tmp_path / "bench.json"


@pytest.mark.parametrize(
    ("calls", "dollars"),
    [(0, 0), (1e6, 1000), (2e6, 1800), (5e6, 4200), (35e6, 22_200), (60e6, 28_450)],
)
def test_rekognitions_price_falls_with_the_months_volume(calls: float, dollars: float) -> None:
    assert prices.rekognition(calls) == pytest.approx(dollars)


def test_the_function_is_the_one_that_is_deployed() -> None:
    committed = json.loads(SETTINGS.read_text())
    assert Function() == Function(committed["pipeline"]["memory_size"], committed["base"]["architecture"])


def test_a_line_is_quantity_times_price() -> None:
    lines = {
        line.service: line for line in costs.processing(Usage(cpu_seconds=0.75, waiting_seconds=0.25), Function(2048))
    }
    assert lines["Lambda, running"].dollars == pytest.approx(1.0 * 2 * 1e6 * 0.0000166667)
    assert lines["Lambda, running"].arithmetic == "1.00 s x 2.00 GB, at 1.66667e-05 $ a GB-second"


def test_reuse_and_the_first_look_leave_out_calls() -> None:
    traffic = Traffic(duplicate_share=0.5, unsafe_share=0.0, face_share=0.4, compared_share=0.1)
    assert costs.calls_with_reuse(traffic) == 1.0
    assert costs.calls_with_first_look(traffic) == pytest.approx(0.5 * (0.1 + 0.4 + 0.6 * 0.1))


def test_recognising_people_costs_what_it_calls() -> None:
    """A call an image, two a face, and one more a name."""
    traffic = Traffic(images_a_month=1e6, consented_share=0.5, face_share=0.4, faces_shown=2.0, named_share=0.25)
    lines = {line.service: line.dollars for line in costs.people(traffic)}
    assert lines == pytest.approx(
        {"IndexFaces": 200.0, "SearchFaces": 400.0 + 100.0, "AssociateFaces": 100.0, "Face vectors": 4.0}
    )
    assert costs.total(costs.people(replace(traffic, consented_share=0.0))) == 0.0


def test_calls_about_faces_have_tiers_of_their_own() -> None:
    assert prices.rekognition(60e6, prices.REKOGNITION_FACE_TIERS) == pytest.approx(22_200 + 25e6 * 0.0004)
    whole = Traffic(images_a_month=50e6, face_share=1.0, faces_shown=1.0, named_share=0.0)  # 100 million calls
    searched = next(line for line in costs.people(whole) if line.service == "SearchFaces")
    assert searched.dollars == pytest.approx((22_200 + 65e6 * 0.0004) / 100)


@pytest.mark.usefixtures("aws")
def test_people_are_a_line_of_the_report(bench: Path) -> None:
    printed = report(consented=10, faces=30)
    assert "consented_share                0.10  given" in printed
    assert "and people recognised, a million images" in printed
    assert "0.03 calls an image" in printed


def test_the_goal_is_met_up_to_the_share_that_is_named() -> None:
    usage, traffic, function = Usage(), Traffic(), Function()
    share = costs.largest_face_share(usage, traffic, function, dollars=300)
    assert share is not None
    rest = costs.total(costs.processing(usage, function, first_look=True))
    at, above = (
        rest + costs.recognition(traffic, calls=costs.calls_with_first_look(traffic, face_share=each)).dollars
        for each in (share, share + 0.01)
    )
    assert at < 300 <= above
    assert costs.largest_face_share(usage, traffic, function, dollars=1) is None


@pytest.mark.usefixtures("aws")
def test_each_figure_says_where_it_comes_from(bench: Path) -> None:
    bench.write_text(json.dumps({"cost.measured_s3_writes": {"value": 7}, "cost.measured_cpu_seconds": {"value": 9}}))
    printed = report(seconds=0.5, faces=10)
    assert "cpu_seconds                   0.500  given" in printed
    assert "s3_writes                     7.000  measured" in printed
    assert "write_units                  21.000  assumed" in printed
    assert "face_share                     0.10  given" in printed
    assert "7 an image, at 5 $ a million" in printed


@pytest.mark.usefixtures("aws")
def test_the_references_two_wrong_lines_are_put_right(bench: Path) -> None:
    printed = report()
    assert "1,000,000 images x 0.001 $ = 1,000.00 $" in printed
    assert "500 GB x 0.023 $ = 11.50 $" in printed


@pytest.mark.usefixtures("aws")
def test_what_the_first_look_missed_and_saved_is_told(bench: Path) -> None:
    for subject in Subject:
        tally.Tally(f"first-look|{subject}").delete()
    assert report().count("nothing compared yet") == 2
    for number in range(4):
        tally.compared(Subject.FACES, missed=number == 0)
    others = 4 * 49  # at 2 % each compared stands for 49 that were not
    price = prices.rekognition(30e6) / 30e6
    assert f"4 compared, 1 missed: 25.00%; about {others} images not sent, {others * price:,.2f} $ saved" in report()


def test_without_a_stack_the_rest_is_told(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from media_pipeline.errors import TemporaryError

    def unreachable() -> None:
        raise TemporaryError("DynamoDB did not answer as it should (no connection).")

    monkeypatch.setattr("media_pipeline.management.commands.cost_report.tallies", unreachable)
    printed = report()
    assert "Without recognition, a million images" in printed
    assert "not read: DynamoDB did not answer" in printed

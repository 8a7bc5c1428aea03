from __future__ import annotations

import pytest

from config.local_aws.triggers.schedule import rate_seconds
from tests.local_aws.recording import Recorder


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200)]
)
def test_a_rate_is_kept(expression: str, seconds: int) -> None:
    assert rate_seconds(expression) == seconds


def test_a_cron_expression_is_left_to_amazon() -> None:
    assert rate_seconds("cron(0 3 * * ? *)") is None


def test_a_schedule_fires_at_the_start_with_eventbridges_event(recorder: Recorder) -> None:
    (line,) = recorder.wait_for(lambda line: line["event"].get("detail-type") == "Scheduled Event")
    assert line["event"]["source"] == "aws.events"
    assert line["event"]["resources"][0].startswith("arn:aws:events:us-east-1:000000000000:rule/")

from __future__ import annotations

from typing import Any

import pytest

from config.local_aws.triggers.filters import matches
from media_pipeline.errors import ConfigurationError

EVENT = {
    "eventName": "MODIFY",
    "dynamodb": {"NewImage": {"part": {"S": "image"}, "faces": {"N": "0"}}, "ApproximateCreationDateTime": 1795000000},
}


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        {"eventName": ["INSERT", "MODIFY"]},
        {"eventName": [{"prefix": "MOD"}]},
        {"eventName": [{"suffix": "IFY"}]},
        {"eventName": [{"anything-but": ["REMOVE"]}]},
        {"dynamodb": {"NewImage": {"part": {"S": ["image"]}}}},
        {"dynamodb": {"NewImage": {"faces": {"N": [{"exists": True}]}}}},
        {"dynamodb": {"OldImage": {"part": {"S": [{"exists": False}]}}}},
        {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">=", 1795000000, "<", 1795000001]}]}},
    ],
)
def test_a_pattern_that_matches(pattern: dict[str, Any]) -> None:
    assert matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"eventName": ["REMOVE"]},
        {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"part": {"S": ["flag"]}}}},
        {"dynamodb": {"OldImage": {"part": {"S": ["image"]}}}},
        {"dynamodb": {"NewImage": {"part": {"S": [{"exists": False}]}}}},
        {"dynamodb": {"OldImage": {"part": {"S": [{"anything-but": ["flag"]}]}}}},
        {"eventName": [{"anything-but": ["MODIFY"]}]},
        {"eventName": [{"numeric": [">", 1]}]},
        {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">=", 1795000000, "<", 1795000000]}]}},
    ],
)
def test_a_pattern_that_does_not_match(pattern: dict[str, Any]) -> None:
    assert not matches(pattern, EVENT)


def test_a_rule_that_only_amazon_knows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="cidr"):
        matches({"eventName": [{"cidr": "10.0.0.0/24"}]}, EVENT)

from __future__ import annotations

from pathlib import Path

import pytest

from config.aws import stack
from config.local_aws.emulator import STACK, Emulator
from media_pipeline.errors import ConfigurationError


def test_a_template_that_is_refused_says_why(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "template.yaml"
    wrong.write_text("Resources: {Nothing: {Type: 'AWS::No::Such'}}")
    monkeypatch.setattr(stack, "TEMPLATE", wrong)
    with pytest.raises(ConfigurationError, match="AWS::No::Such"):
        stack.deploy(aws.root_client("cloudformation"), STACK, {})


def test_buckets_are_private_versioned_and_for_our_pages_only(aws: Emulator) -> None:
    s3, originals = aws.root_client("s3"), aws.outputs["OriginalsBucket"]
    assert s3.get_bucket_versioning(Bucket=originals)["Status"] == "Enabled"
    for bucket in (originals, aws.outputs["RenditionsBucket"]):
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        (rule,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
        assert rule["AllowedOrigins"] == ["http://127.0.0.1:8000", "http://localhost:8000"]


def test_the_table_streams_changes_and_indexes_unfinished_work(aws: Emulator) -> None:
    table = aws.root_client("dynamodb").describe_table(TableName=aws.outputs["MediaTable"])["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert {index["IndexName"]: index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]} == {
        "unfinished": "KEYS_ONLY",
        "in_review": "KEYS_ONLY",
    }

"""Emptying what tests share, for those that walk through all of it: what others left there takes their time."""

from __future__ import annotations

from config.local_aws.emulator import Emulator
from media_pipeline.record.models import UNFINISHED_SHARDS, Image
from media_pipeline.review.writes import HELD, QUEUE
from tests.support.aws import as_administrator


def empty_queues() -> None:
    """No image of another test waits for a moderator or the pipeline."""
    with as_administrator():
        waiting = [item.image_id for queue in (QUEUE, HELD) for item in Image.in_review_index.query(queue)]
        for shard in range(UNFINISHED_SHARDS):
            waiting += [item.image_id for item in Image.unfinished_index.query(str(shard))]
        with Image.batch_write() as batch:
            for image_id in waiting:
                batch.delete(Image(image_id))


def empty_stores(aws: Emulator) -> None:
    """No item or object of another test is there."""
    dynamodb, s3 = aws.root_client("dynamodb"), aws.root_client("s3")
    for table in (aws.outputs["MediaTable"], aws.outputs["TermsTable"]):
        keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
        names = {f"#{number}": key for number, key in enumerate(keys)}
        scan = dynamodb.get_paginator("scan").paginate(
            TableName=table, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
        )
        deletions = [{"DeleteRequest": {"Key": item}} for page in scan for item in page["Items"]]
        for start in range(0, len(deletions), 25):
            dynamodb.batch_write_item(RequestItems={table: deletions[start : start + 25]})
    for bucket in (aws.outputs["OriginalsBucket"], aws.outputs["RenditionsBucket"]):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            if objects:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})

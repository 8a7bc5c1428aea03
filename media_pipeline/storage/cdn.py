"""Taking back what CloudFront keeps of an image.

Nothing there opens without a signature that lives five minutes at most, so this is a second lock: it is asked for once,
and when CloudFront has too much to do it is left.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
"""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from media_pipeline import telemetry
from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.record.models import Image
from media_pipeline.telemetry import logger


def invalidate(record: Image) -> None:
    """Remove the image's renditions from all edges; nothing where there is no distribution."""
    if not conf.cloudfront_distribution_id or not record.rendition_list:
        return
    # With the star for all variants of a download's name, which is part of the cache key.
    paths = [f"/{rendition.key(record.image_id)}*" for rendition in record.rendition_list]
    batch = {
        "Paths": {"Quantity": len(paths), "Items": paths},
        "CallerReference": f"{record.image_id}-{record.revision}",  # the same again is no second invalidation
    }
    try:
        aws.client("cloudfront").create_invalidation(
            DistributionId=conf.cloudfront_distribution_id, InvalidationBatch=batch
        )
    except (ClientError, BotoCoreError) as error:
        telemetry.count("InvalidationsLeft")
        logger.warning("not taken back from CloudFront", image_id=record.image_id, reason=str(error))

"""SNS: telling other systems and people."""

from __future__ import annotations

from media_pipeline.aws import clients as aws
from media_pipeline.telemetry import logger


def publish(topic_arn: str, subject: str, message: str) -> None:
    if not topic_arn:
        logger.warning("nobody is told: no topic is set", subject=subject)
        return
    with aws.temporary_errors("SNS"):
        aws.client("sns").publish(TopicArn=topic_arn, Subject=subject, Message=message)

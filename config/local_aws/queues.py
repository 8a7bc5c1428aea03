"""What Lambda's triggers do with queues: find one by its ARN, and keep in it what nobody could process."""

from __future__ import annotations

from typing import Any

# Short, because the emulator goes on with a poll whose caller is gone, and would hand it the next message.
POLL_SECONDS = 2


def queue_url(sqs: Any, arn: str) -> str:
    """SQS wants URLs where everything else has ARNs; asking for one would need one more permission."""
    account, name = arn.split(":")[4:6]
    return f"{sqs.meta.endpoint_url}/{account}/{name}"


def bury(sqs: Any, arn: str, body: str, *, request_id: str, error: Exception) -> None:
    """Send a failed event to the dead letter queue with the attributes that Lambda gives it.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    sqs.send_message(
        QueueUrl=queue_url(sqs, arn),
        MessageBody=body,
        MessageAttributes={
            "RequestID": {"DataType": "String", "StringValue": request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},  # Lambda worked, the function raised
            "ErrorMessage": {"DataType": "String", "StringValue": (str(error) or type(error).__name__)[:1024]},
        },
    )

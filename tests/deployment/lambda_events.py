"""Events as AWS's services send them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote_plus

Event = dict[str, Any]
BUCKET = "darkroom-local-originals-000000000000"
QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:darkroom-local-retry"


def request(method: str, path: str, body: bytes = b"", **headers: str) -> Event:
    """API Gateway's REST event, with its binary body. `content_type` becomes Content-Type."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    named.setdefault("Host", "abc123.execute-api.localhost")
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": named,
        "multiValueHeaders": {name: [value] for name, value in named.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {"stage": "web", "identity": {"sourceIp": "192.0.2.1"}, "path": f"/web{path}"},
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def object_created(key: str, version_id: str, bucket: str = BUCKET) -> Event:
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "any:os.abort",  # Zappa would run what stands after the colon
                    "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
                    "object": {"key": quote_plus(key, safe="/"), "versionId": version_id, "size": 1},
                },
            }
        ]
    }


def messages(*bodies: object) -> Event:
    return {
        "Records": [
            {"messageId": f"m{number}", "body": json.dumps(body), "eventSource": "aws:sqs", "eventSourceARN": QUEUE_ARN}
            for number, body in enumerate(bodies)
        ]
    }


def notification(message: str, topic: str = "arn:aws:sns:us-east-1:000000000000:darkroom-local-flagged") -> Event:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"TopicArn": topic, "Message": message}}]}


def schedule(function: str) -> Event:
    rule = f"darkroom-local-pipeline-{function}"
    return {
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "resources": [f"arn:aws:events:us-east-1:000000000000:rule/{rule}"],
        "detail": {},
        "kwargs": {},
    }


def batch_task(bucket: str, key: str, version_id: str | None) -> Event:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html"""
    return {
        "invocationSchemaVersion": "2.0",
        "invocationId": "invocation",
        "job": {"id": "job", "userArguments": {}},
        "tasks": [
            {"taskId": "task", "s3Bucket": bucket, "s3Key": quote_plus(key, safe="/"), "s3VersionId": version_id}
        ],
    }

"""Create or update the CloudFormation stack that holds everything Zappa does not make."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.errors import ConfigurationError

TEMPLATE = Path(__file__).with_name("template.yaml")
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


def deploy(cloudformation: Any, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Bring the stack to the template and return its outputs; a stack already there is left as it is."""
    request = {
        "StackName": name,
        "TemplateBody": TEMPLATE.read_text(),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        cloudformation.update_stack(**request)
    except ClientError as exc:
        message = exc.response["Error"]["Message"]
        if "does not exist" in message:
            cloudformation.create_stack(**request)
        elif "No updates are to be performed" not in message:
            raise ConfigurationError(f"The stack {name} refuses the template: {message}") from exc
    return _outputs_when_settled(cloudformation, name)


def _outputs_when_settled(cloudformation: Any, name: str) -> dict[str, str]:
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        status: str = stack["StackStatus"]
        if status in SETTLED:
            return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        if not status.endswith("_IN_PROGRESS"):
            reason = stack.get("StackStatusReason") or "the stack's events say why"
            raise ConfigurationError(f"The stack {name} ended as {status}: {reason}")
        time.sleep(0.05 if cloudformation.meta.endpoint_url.startswith("http://127.0.0.1") else 5)

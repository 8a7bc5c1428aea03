"""Create or update the CloudFormation stack that holds everything Zappa does not make."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.errors import ConfigurationError

TEMPLATE = Path(__file__).with_name("template.yaml")
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"}
NEVER_MADE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
NOT_YET = {"REVIEW_IN_PROGRESS"}  # a change set that would create the stack, and was never executed
NO_CHANGE = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set that waits to be executed; `changes` has one line for each resource."""

    stack: str
    change_set: str
    changes: list[str]


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
    return outputs_when_settled(cloudformation, name)


def propose(cloudformation: Any, name: str, parameters: Mapping[str, str]) -> Proposal | None:
    """What would change, or None. Parameters that are not given keep their values."""
    there = describe(cloudformation, name)
    status = there["StackStatus"] if there else None
    check_status(name, status)
    exists = there is not None and status not in NOT_YET
    known = {parameter["ParameterKey"] for parameter in there.get("Parameters", [])} if there and exists else set()
    change_set = f"darkroom-{int(time.time())}"
    try:
        cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateBody=TEMPLATE.read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                *({"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()),
                *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(known - parameters.keys())),
            ],
        )
    except ClientError as error:
        message = error.response["Error"]["Message"]
        raise ConfigurationError(f"The stack {name} refuses the template: {message}") from error
    return _proposal(cloudformation, name, change_set)


def _proposal(cloudformation: Any, name: str, change_set: str) -> Proposal | None:
    while True:
        found = cloudformation.describe_change_set(StackName=name, ChangeSetName=change_set)
        if not found["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
            break
        time.sleep(_pause(cloudformation))
    reason = found.get("StatusReason", "")
    if found["Status"] == "FAILED" and not any(text in reason for text in NO_CHANGE):
        raise ConfigurationError(f"The stack {name} refuses the template: {reason}")
    changes = [_line(change["ResourceChange"]) for change in found.get("Changes", [])]
    if not changes:
        cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
        return None
    return Proposal(name, change_set, changes)


def _line(change: Mapping[str, Any]) -> str:
    replaced = ", REPLACES what is there" if change.get("Replacement") in {"True", "Conditional"} else ""
    return f"{change['Action']:8} {change['LogicalResourceId']} ({change['ResourceType']}{replaced})"


def execute(cloudformation: Any, proposal: Proposal) -> dict[str, str]:
    """Carry the proposal out and return the stack's outputs."""
    cloudformation.execute_change_set(StackName=proposal.stack, ChangeSetName=proposal.change_set)
    return outputs_when_settled(cloudformation, proposal.stack)


def describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return found


def check_status(name: str, status: str | None) -> None:
    """Refuse to touch a stack that cannot be changed as it stands."""
    if status is None or status in SETTLED | NOT_YET:
        return
    if status in NEVER_MADE:
        raise ConfigurationError(
            f"The stack {name} was never completed ({status}) and can only be removed: look at its events for the "
            f"first failure, run `aws cloudformation delete-stack --stack-name {name}`, and then this again. Buckets "
            "and tables that it made already are kept; delete them, or CloudFormation will find their names taken."
        )
    if status.endswith("_IN_PROGRESS"):
        raise ConfigurationError(
            f"Somebody else is changing the stack {name} at this moment ({status}). Wait until that is done."
        )
    raise ConfigurationError(
        f"The stack {name} is stuck ({status}): run `aws cloudformation continue-update-rollback --stack-name {name}`."
    )


def outputs_when_settled(cloudformation: Any, name: str) -> dict[str, str]:
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        status: str = stack["StackStatus"]
        if status == "UPDATE_ROLLBACK_COMPLETE":
            break
        if status in SETTLED:
            return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        if not status.endswith("_IN_PROGRESS"):
            break
        time.sleep(_pause(cloudformation))
    reason = stack.get("StackStatusReason") or "the stack's events say why"
    raise ConfigurationError(f"The stack {name} ended as {status}: {reason}")


def _pause(cloudformation: Any) -> float:
    return 0.05 if cloudformation.meta.endpoint_url.startswith("http://127.0.0.1") else 5

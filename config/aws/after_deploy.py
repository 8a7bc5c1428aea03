"""What Zappa cannot express, brought to where it should be after every deploy and update. All of it may run again.

An event source in zappa_settings.json may have keys that Zappa does not read and this module does: `filters`,
`maximum_retry_attempts`, `on_failure` (a queue's ARN) and `maximum_concurrency`.
"""

from __future__ import annotations

import json
from typing import Any

from media_pipeline.errors import ConfigurationError

# Together with the daily quotas these keep one client from spending everybody's money.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
BURST, RATE = 100, 50
PIPELINES_AT_ONCE = 50

Event = dict[str, Any]
Client = Any  # boto3 makes clients at run time


def complete(cli: Any) -> None:
    """Called with Zappa's command line object, when it has done its part."""
    events = cli.stage_config.get("events", [])
    function, clients = cli.lambda_name, cli.zappa
    set_dead_letter_target(clients.lambda_client, function, cli.dead_letter_config)
    set_mappings(clients.lambda_client, function, events)
    prune_policy(clients.lambda_client, function)
    if cli.use_apigateway:
        api = clients.get_api_id(function, apigateway_version=cli.apigateway_version)
        throttle(clients.apigateway_client, api, cli.api_stage)
    check_registrations(cli, events)


def set_dead_letter_target(lambda_: Client, function: str, target: dict[str, str]) -> None:
    """Zappa sets it when it creates a function, and never again."""
    lambda_.get_waiter("function_updated_v2").wait(FunctionName=function)
    if lambda_.get_function_configuration(FunctionName=function).get("DeadLetterConfig", {}) != target:
        lambda_.update_function_configuration(FunctionName=function, DeadLetterConfig=target)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=function)


def set_mappings(lambda_: Client, function: str, events: list[Event]) -> None:
    """One mapping for each queue and stream in the settings, and none for any other."""
    wanted = {event["event_source"]["arn"]: event for event in events if is_pulled(event)}
    there: dict[str, str] = {}
    for page in lambda_.get_paginator("list_event_source_mappings").paginate(FunctionName=function):
        for mapping in page["EventSourceMappings"]:
            arn = mapping["EventSourceArn"]
            if arn in there or arn not in wanted:
                lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
            else:
                there[arn] = mapping["UUID"]
    for arn, event in wanted.items():
        settings = mapping_settings(event)
        if arn in there:
            lambda_.update_event_source_mapping(UUID=there[arn], FunctionName=function, **settings)
        else:
            start = {"StartingPosition": "TRIM_HORIZON"} if reads_a_stream(event) else {}
            lambda_.create_event_source_mapping(FunctionName=function, EventSourceArn=arn, **start, **settings)


def mapping_settings(event: Event) -> dict[str, Any]:
    """What create_ and update_event_source_mapping have in common."""
    source = event["event_source"]
    settings: dict[str, Any] = {
        "BatchSize": source.get("batch_size", 10),
        "Enabled": source.get("enabled", True),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    if filters := source.get("filters"):
        settings["FilterCriteria"] = {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in filters]}
    if reads_a_stream(event):
        settings["BisectBatchOnFunctionError"] = True
        settings["MaximumRetryAttempts"] = source.get("maximum_retry_attempts", 2)
        if target := source.get("on_failure"):
            settings["DestinationConfig"] = {"OnFailure": {"Destination": target}}
    else:
        settings["MaximumBatchingWindowInSeconds"] = source.get("batch_window", 0)
        settings["ScalingConfig"] = {"MaximumConcurrency": source.get("maximum_concurrency", PIPELINES_AT_ONCE)}
    return settings


def is_pulled(event: Event) -> bool:
    """Whether Lambda fetches the events itself, from a queue or a stream, instead of being called."""
    return ":sqs:" in event.get("event_source", {}).get("arn", "") or reads_a_stream(event)


def reads_a_stream(event: Event) -> bool:
    return ":dynamodb:" in event.get("event_source", {}).get("arn", "")


def prune_policy(lambda_: Client, function: str) -> None:
    """Zappa adds a statement with a random name at every update, until Lambda's 20 kB are full.

    https://github.com/zappa/Zappa/issues/1415
    """
    seen = set()
    for statement in policy(lambda_, function):
        meaning = json.dumps(
            [statement["Principal"], statement["Action"], source_arn(statement.get("Condition", {}))], sort_keys=True
        )
        if meaning in seen:
            lambda_.remove_permission(FunctionName=function, StatementId=statement["Sid"])
        seen.add(meaning)


def policy(lambda_: Client, function: str) -> list[dict[str, Any]]:
    """The statements that say who may invoke the function."""
    try:
        found = json.loads(lambda_.get_policy(FunctionName=function)["Policy"])["Statement"]
    except lambda_.exceptions.ResourceNotFoundException:
        return []
    return list(found)


def source_arn(condition: dict[str, dict[str, str]]) -> str | None:
    """`aws:SourceArn`, by whatever operator and in whatever case it is asked for."""
    for test in condition.values():
        for key, value in test.items():
            if key.lower() == "aws:sourcearn":
                return value
    return None


def throttle(apigateway: Client, api: str, stage: str) -> None:
    apigateway.update_stage(
        restApiId=api,
        stageName=stage,
        patchOperations=[
            {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": str(BURST)},
            {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": str(RATE)},
        ],
    )


def check_registrations(cli: Any, events: list[Event]) -> None:
    """Zappa logs an event that it could not register, and reports success. Nothing would ever arrive."""
    missing = [event["function"] for event in events if not is_registered(cli, event)]
    if missing:
        raise ConfigurationError(
            f"No event will reach {', '.join(missing)}: AWS refused to register its source, as Zappa's log above says. "
            "The function itself is deployed. Correct the event in zappa_settings.json, or the permissions of "
            "whoever deploys, and run `make deploy` again."
        )


def is_registered(cli: Any, event: Event) -> bool:
    if "expression" in event:
        return has_schedule(cli.zappa, cli.lambda_arn, event["expression"])
    source = event["event_source"]
    if is_pulled(event):
        found = cli.zappa.lambda_client.list_event_source_mappings(
            FunctionName=cli.lambda_name, EventSourceArn=source["arn"]
        )
        return bool(found["EventSourceMappings"])
    bucket = source["arn"].rpartition(":")[2]
    notifications = cli.zappa.boto_session.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    return any(
        notification["LambdaFunctionArn"].endswith(f":function:{cli.lambda_name}")
        and set(source["events"]) <= set(notification["Events"])
        for notification in notifications.get("LambdaFunctionConfigurations", [])
    )


def has_schedule(clients: Any, function_arn: str, expression: str) -> bool:
    names = clients.events_client.list_rule_names_by_target(TargetArn=function_arn)["RuleNames"]
    rules = [clients.events_client.describe_rule(Name=name) for name in names]
    return any(rule["ScheduleExpression"] == expression for rule in rules)

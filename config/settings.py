"""The only Django settings. The environment drives them; every default works on a laptop.

The pipeline's own knobs are in media_pipeline/conf.py; docs/configuration.md lists both.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from media_pipeline.errors import ConfigurationError

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
LOCAL_DIR = Path(env.str("DARKROOM_LOCAL_DIR", str(BASE_DIR / ".local")))  # all that `make run` keeps
STAGE: str = env.str("DARKROOM_STAGE", "local")
LOCAL = STAGE == "local"
DEBUG: bool = env.bool("DARKROOM_DEBUG", False)


def _secret_key() -> str:
    key: str = env.str("DARKROOM_SECRET_KEY", "")
    if key:
        return key
    if not LOCAL:
        raise ConfigurationError(
            "DARKROOM_SECRET_KEY is not set. Sessions and tokens are signed with it: set a long random text."
        )
    stored = LOCAL_DIR / "secret_key"
    if not stored.exists():
        LOCAL_DIR.mkdir(parents=True, exist_ok=True)
        stored.write_text(secrets.token_urlsafe(50))
        stored.chmod(0o600)
    return stored.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS: list[str] = env.list("DARKROOM_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("DARKROOM_CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config",  # for its commands: run_local, provision
    "moderation",
    "media_pipeline",
    "media_pipeline.library",
    "moderation.console.apps.ConsoleConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{LOCAL_DIR / 'db.sqlite3'}")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers wait for each other instead of failing at once; readers never wait for a writer.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

AUTH_USER_MODEL = "moderation.User"
AUTHENTICATION_BACKENDS = ["moderation.accounts.sign_in.CountingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "library"
LOGOUT_REDIRECT_URL = "signin"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL: str = env.str("DARKROOM_STATIC_URL", "/static/")
STATIC_ROOT = (LOCAL_DIR if LOCAL else BASE_DIR) / "staticfiles"
WHITENOISE_USE_FINDERS = LOCAL  # on Lambda the static files lie on CloudFront
if LOCAL:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

EMAIL_CONFIG = env.email_url("EMAIL_URL", "consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env.str("DARKROOM_FROM_EMAIL", "Darkroom <darkroom@localhost>")

# Browsers reach S3 directly: for uploads, and for the images of the page.
MEDIA_ORIGINS: list[str] = env.list("DARKROOM_MEDIA_ORIGINS", default=[])
if not MEDIA_ORIGINS and (endpoint := env.str("AWS_ENDPOINT_URL", "")):
    MEDIA_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(endpoint))]
STATIC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(STATIC_URL))] if "//" in STATIC_URL else []  # CloudFront
MAP_TILES_URL: str = env.str("DARKROOM_MAP_TILES_URL", "")
MAP_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILES_URL))] if MAP_TILES_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *STATIC_ORIGINS],
        "style-src": [SELF, *STATIC_ORIGINS],
        "img-src": [SELF, *STATIC_ORIGINS, *MEDIA_ORIGINS, *MAP_ORIGINS],
        "connect-src": [SELF, *MEDIA_ORIGINS],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Which other sites' scripts may call the API. Never with this site's cookies: they bring a token or a key.
CORS_ORIGINS: list[str] = env.list("DARKROOM_CORS_ORIGINS", default=[])
CORS_ALLOW_ALL_ORIGINS = CORS_ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else CORS_ORIGINS
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "PATCH", "POST", "DELETE"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-api-key",
]
CORS_EXPOSE_HEADERS = ["ETag", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT: bool = env.bool("DARKROOM_SSL_REDIRECT", False)  # API Gateway and CloudFront answer TLS only
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_PROXY_SSL_HEADER = None if LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the redirect is CloudFront's

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "media_pipeline.api.authentication.TokenAuthentication",
        "media_pipeline.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "media_pipeline.api.authentication.WithinScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["media_pipeline.api.throttling.CallerThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["media_pipeline.api.parsers.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "media_pipeline.api.openapi.schema.Schema",
    "EXCEPTION_HANDLER": "media_pipeline.api.errors.problem_response",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a search parameter of ours
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Darkroom",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_PATCH": False,
    "COMPONENT_SPLIT_REQUEST": True,  # a file is binary on its way in
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["media_pipeline.api.openapi.description.describe"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "media_pipeline.api.openapi.examples.add_examples",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

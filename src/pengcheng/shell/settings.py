"""Settings of the whole, composed from the environment and the domains' manifests."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pengcheng import __version__
from pengcheng.kernel.registry import DOMAINS, manifests
from pengcheng.shell.changing import session_secrets
from pengcheng.shell.home import database, encrypted, home, secret_key, session_cookie

VERSION = __version__
ROOT = Path(__file__).resolve().parents[1]
PENGCHENG_HOME = home()
PENGCHENG_PORT = int(os.environ.get("PENGCHENG_PORT") or 8000)
PENGCHENG_PUBLIC_URL = (
    os.environ.get("PENGCHENG_PUBLIC_URL") or f"http://localhost:{PENGCHENG_PORT}"
)
PENGCHENG_API_PREFIX = "/api/"
PENGCHENG_CONTEXT_FACTORY = "pengcheng.shell.visiting.context_from_request"

DEBUG = os.environ.get("PENGCHENG_DEBUG") == "1"
# What must not change is derived from the first; the second is rotated while the city runs.
PENGCHENG_MASTER_KEY = secret_key(PENGCHENG_HOME)
PENGCHENG_SESSION_SECRETS = session_secrets(PENGCHENG_HOME)
SECRET_KEY, *SECRET_KEY_FALLBACKS = PENGCHENG_SESSION_SECRETS.accepted()
_public = urlsplit(PENGCHENG_PUBLIC_URL)
_encrypted = encrypted()
ALLOWED_HOSTS = sorted(
    {
        "localhost",
        "127.0.0.1",
        "[::1]",
        _public.hostname or "localhost",
        *filter(None, os.environ.get("PENGCHENG_HOSTS", "").split(",")),
    }
)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

_domains = [m.id for m in manifests() if (DOMAINS / m.id / "apps.py").exists()]
_webs = [DOMAINS / domain / "web" for domain in _domains]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "pengcheng.shell.apps.FlashConfig",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "csp",
    "pengcheng.kernel",
    *(f"pengcheng.kit.{path.parent.name}" for path in sorted((ROOT / "kit").glob("*/apps.py"))),
    *(f"pengcheng.domains.{domain}" for domain in _domains),
    "pengcheng.shell.apps.ShellConfig",
]
MIDDLEWARE = [
    "pengcheng.shell.fresh.FreshSecretMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "pengcheng.shell.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pengcheng.shell.headers.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pengcheng.shell.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pengcheng.shell.fresh.StayingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pengcheng.kernel.web.ContextMiddleware",
]
ROOT_URLCONF = "pengcheng.shell.urls"
WSGI_APPLICATION = "pengcheng.shell.wsgi.application"
_context_processors = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.template.context_processors.debug",
    "django.contrib.messages.context_processors.messages",
    "pengcheng.kit.pages.context.page",
    "pengcheng.shell.context.city",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [web / "templates" for web in _webs],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors},
    }
]

_url = os.environ.get("PENGCHENG_DATABASE_URL") or "sqlite://"
DATABASES = {"default": database(_url, PENGCHENG_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "pengcheng.kernel.jobs.backend.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["pengcheng.domains.identity.ops.backend.Backend"]
LOGIN_URL = "identity:sign-in"
PENGCHENG_ACCOUNT_URLS = {
    "sign_in": LOGIN_URL,
    "sign_out": "identity:sign-out",
    "account": "identity:account",
}
PENGCHENG_PROOF_PAGE = "pengcheng.domains.identity.web.prove.ask"
# Permissions that ask for a better sign-in than their manifest says: "id=level,id=level".
PENGCHENG_ASSURANCE = dict(
    pair.split("=", 1) for pair in os.environ.get("PENGCHENG_ASSURANCE", "").split(",") if pair
)
PENGCHENG_FOOTER = "pengcheng.shell.pages.links.footer"
PENGCHENG_DEMO = os.environ.get("PENGCHENG_DEMO", "1") == "1"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name_zh", "name_en", "organisation")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
FORMAT_MODULE_PATH = ["pengcheng.kit.pages.formats"]
LANGUAGE_COOKIE_NAME = "pengcheng_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [
    *(web / "locale" for web in _webs),
    *(path for path in sorted((ROOT / "kit").glob("*/locale"))),
    ROOT / "shell" / "locale",
]

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pengcheng.shell.statics.StaticFiles"},
}
STATICFILES_DIRS = [
    *(web / "static" for web in _webs if (web / "static").exists()),
    *((ROOT / "kit" / "maps" / "static",) if not (ROOT / "kit/maps/apps.py").exists() else ()),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".pmtiles": "application/vnd.pmtiles"}

# Who may say for whom they pass a request on (X-Forwarded-For), besides our own front.
PENGCHENG_TRUSTED_PROXIES = tuple(
    filter(None, os.environ.get("PENGCHENG_TRUSTED_PROXIES", "").split(","))
)
# Organisations whose accounts may apply in one call faster than others.
PENGCHENG_APPLY_RATES = os.environ.get("PENGCHENG_APPLY_RATES", "")
# What heavy doors allow one caller: door=times/seconds, door=off, or off for all.
PENGCHENG_LIMITS = os.environ.get("PENGCHENG_LIMITS", "")
# A PKCS#11 token that holds the private keys of the rings named.
PENGCHENG_PKCS11_MODULE = os.environ.get("PENGCHENG_PKCS11_MODULE", "")
PENGCHENG_PKCS11_TOKEN = os.environ.get("PENGCHENG_PKCS11_TOKEN", "pengcheng")
PENGCHENG_PKCS11_PIN_FILE = os.environ.get("PENGCHENG_PKCS11_PIN_FILE", "")
PENGCHENG_PKCS11_KEYS = tuple(filter(None, os.environ.get("PENGCHENG_PKCS11_KEYS", "").split(",")))
SESSION_ENGINE = "pengcheng.kernel.sessions"
SESSION_COOKIE_NAME = session_cookie()
CSRF_COOKIE_NAME = "__Host-pengcheng_csrf" if _encrypted else "pengcheng_csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _encrypted
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pengcheng.shell.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _encrypted else None
SECURE_SSL_REDIRECT = _encrypted
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _encrypted else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _encrypted
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PENGCHENG_LOG") or "WARNING"},
}

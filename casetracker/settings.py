"""All settings, from the environment.

`CASETRACKER_ENV` is `local` (default: one desk on one machine, secrets made once and kept in the data folder),
`test`, or `production`, which refuses to start while a secret, a host or a database is missing.
Every variable is described in docs/deployment.md.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ.get("CASETRACKER_ENV", "local")
if ENV not in {"local", "test", "production"}:
    raise ImproperlyConfigured("CASETRACKER_ENV is one of: local, test, production.")
PRODUCTION = ENV == "production"
DATA_DIR = Path(os.environ.get("CASETRACKER_DATA_DIR", BASE_DIR / "var"))


def secret(name: str) -> str:
    """The secret called `name`: from the environment, or (outside production) made once and kept in DATA_DIR.

    Raises ImproperlyConfigured in production when the variable is missing or shorter than 32 characters.
    """
    value = os.environ.get(name, "")
    if PRODUCTION and len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters.")
    if value:
        return value
    if ENV == "test":
        return f"test only, {name}, 32 characters and more"
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = DATA_DIR / f"{name.lower()}.txt"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(48))
    return file.read_text()


DEBUG = False
SECRET_KEY = secret("CASETRACKER_SECRET_KEY")
SEALING_KEY = secret("CASETRACKER_SEALING_KEY")
ALLOWED_HOSTS = os.environ.get("CASETRACKER_HOSTS", "127.0.0.1 localhost [::1]").split()
if PRODUCTION and "CASETRACKER_HOSTS" not in os.environ:
    raise ImproperlyConfigured("CASETRACKER_HOSTS must name the host or hosts this is served under.")
HTTPS = PRODUCTION
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "casetracker.access",
    "casetracker.audit",
    "cases",
    "rounds",
    "casetracker.desk",
    "casetracker",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "simple_history",
]

MIDDLEWARE = [
    "casetracker.middleware.response_headers",
    "casetracker.middleware.known_methods",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "casetracker.middleware.viewer_scope",
    "casetracker.access.second_factor.second_factor_required",
]

ROOT_URLCONF = "casetracker.urls"
WSGI_APPLICATION = "casetracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["casetracker.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "casetracker.widgets.PlainRenderer"

# --- data -------------------------------------------------------------------------------------------------
DATABASE_URL = os.environ.get("CASETRACKER_DATABASE_URL", "")
if PRODUCTION and not DATABASE_URL:
    raise ImproperlyConfigured("CASETRACKER_DATABASE_URL must name the database.")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL or f"sqlite:///{DATA_DIR / 'casetracker.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON; PRAGMA cache_size=-64000"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=on"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits and used codes stand here. Django throws away the third of them at 300 entries, which strangers can fill.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
if ENV == "test":
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

# --- people and sessions ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["casetracker.access.login.Backend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if ENV == "test"
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_ADAPTER = "casetracker.access.login.Adapter"
ACCOUNT_SESSION_REMEMBER = False
# E-mail addresses are unique by a functional constraint (any case), which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
MFA_ADAPTER = "casetracker.access.login.SecondFactorAdapter"
MFA_TOTP_ISSUER = "casetracker"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0
# `required` is the only value production accepts; the demonstration runs with `off` and says so on every page.
SECOND_FACTOR = os.environ.get("CASETRACKER_SECOND_FACTOR", "required" if PRODUCTION else "off")
if PRODUCTION and SECOND_FACTOR != "required":
    raise ImproperlyConfigured("CASETRACKER_SECOND_FACTOR cannot be switched off in production.")

# What matters most is asked again after so many seconds; a form opened in time may be sent so much later (step_up.py).
STEP_UP_SECONDS = 300
STEP_UP_FORM_SECONDS = 900

# The office's own sign-in, if it has one (access/outside.py). Without an issuer there is no address for it.
OIDC_ISSUER = os.environ.get("CASETRACKER_OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("CASETRACKER_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("CASETRACKER_OIDC_CLIENT_SECRET", "")
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("CASETRACKER_OIDC_ISSUER needs CASETRACKER_OIDC_CLIENT_ID and ..._CLIENT_SECRET.")
if PRODUCTION and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("CASETRACKER_OIDC_ISSUER must begin with https://.")

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(os.environ.get("CASETRACKER_IDLE_MINUTES", "30")) * 60
# Idle time is counted in steps (middleware.viewer_scope): a write on every read would queue the readers of SQLite.
SESSION_TOUCH_SECONDS = 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ABSOLUTE_SECONDS = int(os.environ.get("CASETRACKER_SESSION_HOURS", "12")) * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what leaves with every response ------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if os.environ.get("CASETRACKER_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_FAILURE_VIEW = "casetracker.refusals.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Uploads stay in memory: Django's default would write larger ones in clear to the temporary folder.
UPLOAD_LIMIT = 25 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["casetracker.uploads.MemoryOnly"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- the office ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("CASETRACKER_TIME_ZONE", "Europe/Brussels")
USE_TZ = True
MARKING_LABELS = {
    1: os.environ.get("CASETRACKER_MARKING_NORMAL", "INTERNAL"),
    2: os.environ.get("CASETRACKER_MARKING_RESTRICTED", "LIMITE"),
}
GRANT_MAX_DAYS = 180
APPROVAL_HOURS = 72  # how long what needs two persons waits for the second one
# Every quarter an approver says again that a grant is needed; unsaid for two more weeks, it opens nothing.
GRANT_REVIEW_DAYS = 90
GRANT_REVIEW_GRACE_DAYS = 14
# Whoever has not signed in for so long finds their grants suspended.
ABSENCE_DAYS = 120
# A copy of more cases than this, or of more restricted ones than that, needs a second person, and is taken once.
EXPORT_LARGE = 100
EXPORT_LARGE_RESTRICTED = 20
EXPORT_TAKEN_WITHIN_HOURS = 24
# How long a sealed source may be read once a second person has allowed it.
UNSEALED_MINUTES = 60
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend"
        if PRODUCTION
        else "django.core.mail.backends.console.EmailBackend",
        "OPTIONS": {"host": os.environ.get("CASETRACKER_MAIL_HOST", "localhost")} if PRODUCTION else {},
    }
}
DEFAULT_FROM_EMAIL = os.environ.get("CASETRACKER_FROM_EMAIL", "casetracker@localhost")
# A page that has begun to render has fetched what it needs; the suite proves it by refusing queries from then on.
REFUSE_QUERIES_WHILE_RENDERING = ENV == "test"

# Route, status and the number of the request: a path may hold a reference or a token, a query string what was typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "casetracker.logs.Discreet"}},
    "formatters": {
        "line": {
            "class": "casetracker.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(number)s %(message)s",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["discreet"], "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # The development server would print whole paths.
        "django.server": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
    },
}

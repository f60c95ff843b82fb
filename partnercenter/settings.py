"""Settings, from the environment only. Wrong or missing values stop the start (.env.example)."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from partnercenter.databases import with_rules
from partnercenter.environment import (
    env_bool,
    env_duration,
    env_instant,
    env_int,
    env_list,
    env_text,
)
from portal.languages import NAMES

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of installation this is -------------------------------------------------------
DEBUG = env_bool("DEBUG", default=False)
DEMO = env_bool("DEMO", default=False)
HTTPS = env_bool("HTTPS", default=not (DEBUG or DEMO))

SECRET_KEY = env_text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")
if any("*" in host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name its hosts; '*' is not one.")
if DEBUG and HTTPS:
    raise ImproperlyConfigured("DEBUG and HTTPS exclude each other: DEBUG is for your own machine.")

# --- Rules that an installation may set ------------------------------------------------------
ACTIVATION_DELAY = env_duration("ACTIVATION_DELAY", default="P0D")
PORTAL_NOW = env_instant("PORTAL_NOW")
if PORTAL_NOW is not None and not DEMO:
    raise ImproperlyConfigured("PORTAL_NOW is for demo installations: it needs DEMO=True.")
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", default=0)

# --- Django ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "partnercenter.admin_apps.Administration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "partnercenter.static_files.UsedStaticFiles",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "portal",
    "partners",
    "benefits",
    "support",
    "partnercenter",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads answers by a random length, so that compressing them gives no secret away.
    "django.middleware.gzip.GZipMiddleware",
    "portal.middleware.RequestContextMiddleware",
    # Outside of whatever may answer in a view's place: error pages are sealed too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.UnavailableMiddleware",
    "portal.middleware.PlainTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.PrivateMiddleware",
    "portal.middleware.ClockMiddleware",
    "partners.middleware.ActingMiddleware",
    "partners.middleware.LanguageMiddleware",
    "portal.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "partnercenter.urls"
WSGI_APPLICATION = "partnercenter.wsgi.application"
ASGI_APPLICATION = "partnercenter.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.components",
                "portal.templatetags.sentences",
                "benefits.templatetags.entitlements",
                "support.templatetags.requests",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnercenter.frame.frame",
            ],
        },
    },
]

FORM_RENDERER = "portal.form_rendering.Renderer"

DATABASES: dict[str, Any] = {
    "default": with_rules(
        dj_database_url.parse(
            env_text("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
        ),
        # Set by wsgi.py and asgi.py: migrations, imports and verification may take their time.
        web=env_bool("WEB_TIMEOUTS", default=False),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.sign_in.SignInBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "partners.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "partners.sign_in.SignInAdapter"
ACCOUNT_FORMS = {
    "login": "partners.forms.SignInForm",
    "reset_password": "partners.forms.ResetForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# allauth counts in the per-process cache; the portal's own throttle is exact across processes.
ACCOUNT_RATE_LIMITS = False

# --- API -------------------------------------------------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "partners.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "partners.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 60 * 60,
    # Only the digest of a token is stored (RFC 9700).
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partners.authentication.BearerAuthentication",
        "partners.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["partners.authentication.KnownAndInScope"],
    "DEFAULT_SCHEMA_CLASS": "portal.rest.schema.OperationSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partner Center Technical Benefits",
    "VERSION": "1",
    "DESCRIPTION": (
        "Entitlements of partners: what remains, until when, and why something cannot be used. "
        "How to begin, errors, paging, repeats and the change feed: docs/api.md."
    ),
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "CAMELIZE_NAMES": True,
    "SERVERS": [{"url": "/", "description": "This installation"}],
    "TAGS": [
        {"name": name}
        for name in (
            "Entitlements",
            "Benefits",
            "Contracts",
            "Products",
            "Support requests",
            "Partners",
            "Events",
            "Staff",
        )
    ],
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
    "AUTHENTICATION_WHITELIST": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "clientCredentials": {
                "type": "oauth2",
                "description": "A client of a partner or of staff, with the scopes it was given.",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "/oauth/token",
                        "scopes": {
                            "entitlements.read": "Read entitlements, benefits, contracts",
                            "benefits.activate": "Activate benefits",
                            "contracts.ids": "Read Access ID and Contract ID",
                            "contracts.link": "Link and unlink contracts",
                            "requests.read": "Read support requests",
                            "requests.write": "Open and work on support requests",
                            "events.read": "Read the change feed",
                            "staff": "Look up any partner (staff only)",
                        },
                    }
                },
            },
            "browserSession": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "A signed-in browser session; X-CSRFToken with what changes.",
            },
        }
    },
}
# Calls of one client (or one signed-in account) within a minute, over all workers together.
API_CALLS_PER_MINUTE = env_int("API_CALLS_PER_MINUTE", default=600, least=1)

# --- Language, time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = list(NAMES.items())
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
# For those who have not signed in; an account's own setting wins (partners/middleware.py).
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Static files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "partnercenter.static_files.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Each file once: pages name the copies with a hash only.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Nobody but a debugger asks for them, and compressing them would take most of a start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- Mail ------------------------------------------------------------------------------------
EMAIL_HOST = env_text("EMAIL_HOST", default="")
EMAIL_PORT = env_int("EMAIL_PORT", default=587, least=1)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", default="portal@localhost")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif DEBUG or DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    # A reset link in a log file would be a password in a log file.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# --- Security --------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "portal.origin.RequestIdFilter"}},
    "formatters": {
        "line": {
            "format": (
                "%(asctime)s %(levelname)s %(name)s [%(request_id)s %(correlation_id)s] %(message)s"
            )
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
    },
    # Scanners send wrong hosts all day; the 400 that they get says enough.
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

"""Settings of Diaspora Net, read from the environment; a bad value stops the start with its name and an example.

The table of variables stands in README.md and .env.example. Production is the default: DEBUG and DEMO have to be
asked for.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from diaspora_net import environment as env
from diaspora_net.core.connections import database_options

BASE_DIR = Path(__file__).resolve().parent.parent

# ── Mode ────────────────────────────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.boolean("DEBUG", False)
DEMO = env.boolean("DEMO", False)
TESTING = env.boolean("TESTING", False)
SECRET_KEY = env.secret("SECRET_KEY", required=not DEBUG)
BASE_URL = env.base_url("BASE_URL", "http://localhost:8000")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"), example="network.example.org")
SECURE = BASE_URL.startswith("https://")
# Demo people sign in with one click, so a public address must never offer them.
if DEMO and SECURE:
    raise ImproperlyConfigured(
        "DEMO is on while BASE_URL is a public https address: demo people sign in without a password. "
        "Set it like: DEMO=no"
    )
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise env.refuse("ALLOWED_HOSTS", "allows every host", "network.example.org")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "diaspora_net.core",
    "diaspora_net.accounts",
    "messaging",
    "mentors",
    "engagements",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_countries",
    "django_htmx",
    "csp",
    "servestatic",
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a page costs a quarter on a slow line; each answer is padded at random
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "diaspora_net.accounts.middleware.PersonMiddleware",
    "diaspora_net.accounts.middleware.RefusedFormMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "diaspora_net.core.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "diaspora_net.urls"
ASGI_APPLICATION = "diaspora_net.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "diaspora_net" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "diaspora_net.home.page_frame",
            ],
            "builtins": ["django.templatetags.i18n", "diaspora_net.core.templatetags.tones"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# Web processes keep a pool; the worker and commands, which fork or end, open connections as they need them.
DATABASE_POOL_SIZE = env.integer("DATABASE_POOL_SIZE", 0, least=0, most=100)
# A few statements are planned once for each connection (core.statements). A pooler between that hands connections from
# one process to another, such as PgBouncer by transaction before 1.21, needs "no".
DATABASE_PREPARES = env.boolean("DATABASE_PREPARES", True)
DATABASES = {
    "default": {
        **env.postgres("DATABASE_URL"),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "prepare_threshold": 1 if DATABASE_PREPARES else None,
            **database_options(DATABASE_POOL_SIZE),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis("REDIS_URL")
# Sessions, sign-in limits and caches stay in PostgreSQL: people still sign in when Redis is down.
SESSION_ENGINE = "diaspora_net.core.sessions"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# Certificates are signed with it; a key of its own outlives a change of the secret key. Old keys stay known by rows.
CERTIFICATE_KEY = env.hexadecimal("CERTIFICATE_KEY", length=32)

NEWS_HANDLER = "messaging.actions.notifications.notify_by_id"
ASKS_HANDLER = "engagements.queries.answers.asks_in_mail"
MEMBER_LEFT_HANDLER = "engagements.actions.standing.leave_work"
REMIT_ENDED_HANDLER = "engagements.actions.groups.leave_as_coordinator"
PEOPLE_PARTED_HANDLER = "engagements.actions.standing.part_people"
ORGANISATION_DECIDED_HANDLER = "engagements.actions.standing.follow_decision"
# Far above what somebody types; measurements raise it.
MESSAGES_PER_MINUTE = env.integer("MESSAGES_PER_MINUTE", 60, least=1, most=1_000_000)
SOCKETS_PER_PROCESS = env.integer("SOCKETS_PER_PROCESS", 2_000, least=1, most=100_000)

# ── Background work ─────────────────────────────────────────────────────────────────────────────────────────────────
# Rows say what is due; Celery only runs the sweeps over them, so losing the broker loses nothing.
CELERY_BROKER_URL = env.celery_broker(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}

# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:  # a slow hash protects nobody there
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "diaspora_net.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
_entrance = "diaspora_net.accounts.forms.entrance"
ACCOUNT_FORMS = {"login": f"{_entrance}.SignInForm", "request_login_code": f"{_entrance}.CodeForm"}
ACCOUNT_SIGNUP_FORM_CLASS = "diaspora_net.accounts.forms.people.JoinForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # on a slow line an e-mail takes its time
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = env.words("MFA_TYPES", ("totp", "webauthn", "recovery_codes"), example="totp,recovery_codes")
if unknown := set(MFA_SUPPORTED_TYPES) - {"totp", "webauthn", "recovery_codes"}:
    raise env.refuse("MFA_TYPES", f"names {', '.join(sorted(unknown))}, which does not exist", "totp,recovery_codes")
MFA_PASSKEY_LOGIN_ENABLED = "webauthn" in MFA_SUPPORTED_TYPES
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = False

# ── Mail ────────────────────────────────────────────────────────────────────────────────────────────────────────────
MAIL_DIR = env.text("MAIL_DIR", "", example="/var/lib/diaspora-net/mail")
EMAIL_HOST = env.text("EMAIL_HOST", "", example="smtp.example.org")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER", "", example="mailer")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "", example="secret")
EMAIL_USE_TLS = env.boolean("EMAIL_TLS", True)
EMAIL_TIMEOUT = 20
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif MAIL_DIR:
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", MAIL_DIR
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Diaspora Net <no-reply@localhost>", example="Network <mail@example.org>")

# ── Languages and time ──────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", _("Arabic")),
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
]
# The menu offers a language only once its catalogue is complete.
LANGUAGES_OFFERED = ["en"]
LOCALE_PATHS = [BASE_DIR / "diaspora_net" / "locale"]
FORMAT_MODULE_PATH = "diaspora_net.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
COUNTRIES_FIRST: list[str] = []

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static"), example="/srv/static")
STATICFILES_DIRS = [BASE_DIR / "diaspora_net" / "static"]
# Hashed, compressed files need collectstatic; the demo and the tests serve them straight from the source.
SERVESTATIC_USE_FINDERS = DEBUG or DEMO or TESTING
SERVESTATIC_AUTOREFRESH = DEBUG
# What people have sent, once checked; no web address leads there. Every web process and worker must see the same files.
MEDIA_ROOT = env.text("MEDIA_ROOT", str(BASE_DIR / "var" / "media"), example="/srv/media")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# A command that looks for viruses, given the file's path last: 0 is clean, 1 infected. Without an answer none passes.
VIRUS_SCANNER = env.text("VIRUS_SCANNER", "", example="clamdscan --fdpass --no-summary")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if SERVESTATIC_USE_FINDERS
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}

# ── Protection ──────────────────────────────────────────────────────────────────────────────────────────────────────
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "diaspora_net.home.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", BASE_URL.replace("http", "ws", 1)],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It tells every step of subsetting a font, some sixty lines for each certificate.
    "loggers": {"fontTools": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO", example="INFO")},
}

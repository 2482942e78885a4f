"""Production: HTTPS, PostgreSQL by DATABASE_URL, and nothing secret with a default."""

from .base import *  # noqa: F403
from .base import env

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# Django's own default tells nobody but ADMINS of an error: here it goes to standard error, where the service keeps it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# W019 asks for X-Frame-Options DENY; the editor's preview shows pages of this site in a frame, so it is SAMEORIGIN,
# and the content security policy says the same (frame-ancestors 'self').
SILENCED_SYSTEM_CHECKS = ["security.W019"]

"""Development and the demonstration site: `make run`. Never for a public address."""

from .base import *  # noqa: F403
from .base import DATA_DIR, INSTALLED_APPS, MIDDLEWARE, STORAGES, env

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="development-only-not-a-secret-" + "0" * 32)
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
# No file was compressed ahead, so what WhiteNoise sends is compressed on its way out, as everything else is.
GZIP = "django.middleware.gzip.GZipMiddleware"
MIDDLEWARE = [GZIP, *(each for each in MIDDLEWARE if each != GZIP)]
SERVE_MEDIA = True
DATA_DIR.mkdir(parents=True, exist_ok=True)

ROOT_URLCONF = "config.urls_dev"  # the site and its style guide

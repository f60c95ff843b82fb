"""The ASGI application. A web process gives up on the database sooner than a command does."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")
os.environ.setdefault("WEB_TIMEOUTS", "True")

application = get_asgi_application()

"""The WSGI application. A web process gives up on the database sooner than a command does."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")
os.environ.setdefault("WEB_TIMEOUTS", "True")

application = get_wsgi_application()

"""The WSGI site that the ASGI front hands pages to."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
application = get_wsgi_application()

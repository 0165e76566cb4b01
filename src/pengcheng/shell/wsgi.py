"""Django for pages and records, served by WSGI workers with fixed threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
application = get_wsgi_application()

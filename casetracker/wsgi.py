"""WSGI entry point. In production it refuses to start half-configured (starting.py)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from casetracker.starting import refuse_unless_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casetracker.settings")
application = get_wsgi_application()
refuse_unless_ready()
# What is loaded now stays as long as the process: the collector need not walk through it again and again.
gc.freeze()

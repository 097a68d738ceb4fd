"""The Celery application: it runs the sweeps of ``schedule.py``; no action ever waits for it."""

import os

from celery import Celery

from diaspora_net.schedule import beat_schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")

app = Celery("diaspora_net")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["messaging", "mentors", "engagements", "diaspora_net.accounts"])
app.conf.beat_schedule_filename = os.environ.get("BEAT_SCHEDULE", "var/beat-schedule")
app.conf.beat_schedule = beat_schedule()

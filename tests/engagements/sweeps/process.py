"""A sweep in a process of its own, which may be killed half-way, as a power cut would do it.

``python -m tests.engagements.sweeps.process WHAT [DIRECTORY [DAYS]]``, on a clock that is DAYS ahead. Of our sweeps
``reminder`` dies after the first news was written and before its transaction ends, ``end`` after a proposal was closed
and before its transaction ends, ``mail-before`` and ``mail-after`` around handing the e-mail over; ``remind`` and
``mail`` live. Names of functions of ``naive`` with ``kill:`` before them die between the two things they do; without it
they live. E-mails lie in DIRECTORY as files.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import django
import time_machine

django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.core.mail.backends.filebased import EmailBackend  # noqa: E402
from django.utils import timezone  # noqa: E402

from diaspora_net.celery import app as celery  # noqa: E402
from engagements.actions import reminders, reply_clocks, waiting_ends  # noqa: E402
from messaging.actions import news_emails  # noqa: E402
from tests.engagements.sweeps import naive  # noqa: E402


def die(*_arguments: Any, **_values: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(work: Callable[..., Any]) -> Callable[..., None]:
    def run(*arguments: Any, **values: Any) -> None:
        work(*arguments, **values)
        die()

    return run


def main(what: str, directory: str = "", days: str = "0") -> None:
    celery.set_current()
    if float(days):
        time_machine.travel(timezone.now() + timedelta(days=float(days)), tick=True).start()
    if directory:
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = directory
    deliver = EmailBackend.send_messages
    if what == "remind":
        reminders.remind_waiting()
    elif what == "mail":
        news_emails.send_notification_emails()
    elif what == "reminder":
        with patch.object(reminders, "notify", then_die(reminders.notify)):
            reminders.remind_waiting()
    elif what == "end":
        with patch.object(reply_clocks, "tell_about_proposal", then_die(reply_clocks.tell_about_proposal)):
            waiting_ends.end_waiting()
    elif what.startswith("mail-"):
        with patch.object(EmailBackend, "send_messages", die if what == "mail-before" else then_die(deliver)):
            news_emails.send_notification_emails()
    else:
        is_killed, _colon, name = what.rpartition(":")
        getattr(naive, name)(*([die] if is_killed else []))


if __name__ == "__main__":
    main(*sys.argv[1:])

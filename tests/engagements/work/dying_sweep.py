"""A sweep in a process of its own that is killed half-way, as a power cut would; run by ``test_sweep_faults``.

``python -m tests.engagements.work.dying_sweep WHERE [DIRECTORY]``: ``reminder`` dies after the first news was written
and before its transaction ends, ``end`` after a proposal was closed and before its transaction ends, ``mail-before``
and ``mail-after`` around handing the e-mail over, which lies in DIRECTORY as a file then.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.core.mail.backends.filebased import EmailBackend  # noqa: E402

from engagements.actions import reminders, reply_clocks, waiting_ends  # noqa: E402
from messaging.actions import news_emails  # noqa: E402


def die(*_arguments: Any, **_values: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(work: Callable[..., Any]) -> Callable[..., None]:
    def run(*arguments: Any, **values: Any) -> None:
        work(*arguments, **values)
        die()

    return run


def main(where: str, directory: str = "") -> None:
    if where == "reminder":
        with patch.object(reminders, "notify", then_die(reminders.notify)):
            reminders.remind_waiting()
    elif where == "end":
        with patch.object(reply_clocks, "tell_about_proposal", then_die(reply_clocks.tell_about_proposal)):
            waiting_ends.end_waiting()
    else:
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = directory
        deliver = EmailBackend.send_messages
        with patch.object(EmailBackend, "send_messages", die if where == "mail-before" else then_die(deliver)):
            news_emails.send_notification_emails()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The sweep of coordinators' messages in a process of its own, killed after a reader's news was written and before its
transaction ends; run by ``test_broadcasts``.
"""

from unittest.mock import patch

import django

django.setup()

from diaspora_net.celery import app as celery  # noqa: E402 - Django has to be set up first
from engagements.actions import broadcast_sweep  # noqa: E402
from tests.engagements.sweeps.process import then_die  # noqa: E402


def main() -> None:
    celery.set_current()
    morning = patch.object(broadcast_sweep, "is_morning", lambda _now, _zone: True)
    with morning, patch.object(broadcast_sweep, "notify", then_die(broadcast_sweep.notify)):
        broadcast_sweep.send_due_broadcasts()


if __name__ == "__main__":
    main()

"""Services and a database of a bench's own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diaspora_net import embedded
from tests.services import SETTINGS


@contextmanager
def own_services() -> Iterator[None]:
    """Run PostgreSQL and Valkey in a directory of their own, with Django set up to use them; all is gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="diaspora-net-bench-"))
    directory.chmod(0o755)
    try:
        with embedded.held_state(directory) as state, embedded.running_services(state) as services:
            os.environ.update(SETTINGS, MAIL_DIR=str(directory / "mail"), **services.environment())
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")
            import django

            django.setup()
            yield
    finally:
        shutil.rmtree(directory, ignore_errors=True)

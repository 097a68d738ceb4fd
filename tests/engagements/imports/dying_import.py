"""A sweep over imports in a process of its own that is killed half-way, as a power cut would; run by ``test_faults``.

``python -m tests.engagements.imports.dying_import`` dies in the second batch, after everything of it
was written and before its transaction ends. Batches are of five rows.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import django

django.setup()

from engagements.actions.imports import checking, sweep, undoing, writing  # noqa: E402 - Django has to be set up first
from engagements.models import ImportRow  # noqa: E402

BATCH = 5


def dies_in_the_second(write: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ``bulk_create`` of rows that ends the process after the second batch was written."""
    written = 0

    def run(rows: Any, *arguments: Any, **values: Any) -> Any:
        nonlocal written
        result = write(rows, *arguments, **values)
        written += bool(values.get("update_conflicts"))
        if written == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return run


def main() -> None:
    manager = ImportRow.objects
    with (
        patch.object(checking, "BATCH", BATCH),
        patch.object(writing, "BATCH", BATCH),
        patch.object(undoing, "BATCH", BATCH),
        patch.object(manager, "bulk_create", dies_in_the_second(manager.bulk_create)),
    ):
        sweep.work_due_imports()


if __name__ == "__main__":
    sys.exit(main())

"""Imports when workers die or run at once: each row is done once, and the next worker goes on where one stopped.

The control is a worker that writes first and notes what it did in another transaction: it breaks the promise.
"""

import os
import subprocess
import sys
from unittest.mock import patch

import pytest
from django.conf import settings

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.models import AuditEntry
from engagements.actions.imports import writing
from engagements.actions.imports.files import name_columns, run_import, take_back
from engagements.actions.imports.sweep import work_due_imports
from engagements.models import Import, ImportRow, ListedPerson
from tests.engagements.imports.lists import EXPERTS, bring, checked, expert_rows, states, table
from tests.liveserver import database_url
from tests.messaging.test_actions import in_threads
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = ("Nom", "Type")
ROWS = 12


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def killed() -> None:
    """Run a sweep in another process, which kills itself in the second batch of five rows."""
    environment = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "tests.engagements.imports.dying_import"]
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False, timeout=100)
    assert run.returncode == -9, run.stderr.decode()[-2000:]


def place_rows() -> list[tuple[str, str]]:
    return [(f"Clinique {number}", "clinique") for number in range(ROWS)]


def test_a_check_goes_on_where_a_killed_one_stopped(world: World) -> None:
    run = bring(world.chidi, "experts", table(EXPERTS, expert_rows(ROWS)))
    name_columns(actor=world.chidi, run=run, columns=run.columns)
    killed()
    assert sorted(states(run)) == ["read"] * 7 + ["ready"] * 5
    work_due_imports()
    assert states(run) == ["ready"] * ROWS
    assert run.words.get(text="cardiologie").count == ROWS


def test_a_run_goes_on_where_a_killed_one_stopped_and_does_no_row_twice(world: World) -> None:
    run = checked(world.chidi, "organisations", table(PLACES, place_rows()))
    run_import(actor=world.chidi, run=run)
    killed()
    assert Organisation.objects.filter(name__startswith="Clinique").count() == 5
    assert states(run) == ["made"] * 5 + ["ready"] * 7
    work_due_imports()
    assert states(run) == ["made"] * ROWS
    assert Organisation.objects.filter(name__startswith="Clinique").count() == ROWS
    assert AuditEntry.objects.filter(verb="accounts.organisation.listed").count() == ROWS


def test_an_undo_goes_on_where_a_killed_one_stopped(world: World) -> None:
    run = checked(world.chidi, "experts", table(EXPERTS, expert_rows(ROWS)))
    run_import(actor=world.chidi, run=run)
    work_due_imports()
    take_back(actor=world.chidi, run=run)
    killed()
    assert ListedPerson.objects.count() == ROWS - 5
    work_due_imports()
    assert states(run) == ["undone"] * ROWS
    assert not ListedPerson.objects.exists()


def test_workers_at_once_do_each_row_once(world: World) -> None:
    run = checked(world.chidi, "organisations", table(PLACES, place_rows()))
    run_import(actor=world.chidi, run=run)
    with patch.object(writing, "BATCH", 2):
        in_threads(lambda _number: work_due_imports(), 4)
    while Import.objects.get(pk=run.pk).state == "running":
        work_due_imports()
    assert states(run) == ["made"] * ROWS
    assert Organisation.objects.filter(name__startswith="Clinique").count() == ROWS


def test_the_same_rows_in_two_imports_at_once_are_made_once(world: World) -> None:
    runs = [checked(world.chidi, "organisations", table(PLACES, place_rows())) for _number in range(2)]
    for run in runs:
        run_import(actor=world.chidi, run=run)
    with patch.object(writing, "BATCH", 2):
        in_threads(lambda _number: work_due_imports(), 4)
    while Import.objects.filter(state="running").exists():
        work_due_imports()
    assert Organisation.objects.filter(name__startswith="Clinique").count() == ROWS
    assert sorted(states(runs[0]) + states(runs[1])) == ["made"] * ROWS + ["skipped"] * ROWS


def test_control_a_worker_that_notes_later_leaves_rows_that_were_made_as_skipped(world: World) -> None:
    run = checked(world.chidi, "organisations", table(PLACES, place_rows()))
    run_import(actor=world.chidi, run=run)
    present = Import.objects.select_related("brought_by").get(pk=run.pk)
    with (
        patch.object(writing, "BATCH", 5),
        patch.object(ImportRow.objects, "bulk_create", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        writing.write_some(present)  # no transaction around it
    work_due_imports()
    assert states(run) != ["made"] * ROWS

"""What the tests of sweeps let happen, and what each of them asserts of a sweep of ours and of a naive one alike."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from engagements.models import Proposal, Reminder
from tests.engagements.work.days import told
from tests.liveserver import database_url
from tests.world import World

KILLED = -9


def waits_since(proposal: Proposal, days: int) -> None:
    """Let a proposal have waited for so many days."""
    since = timezone.now() - timedelta(days=days)
    Proposal.objects.filter(pk=proposal.pk).update(waiting_since=since, expires_at=since + timedelta(days=14))


def is_over(proposal: Proposal) -> None:
    """Let a proposal have run out, after a second reminder two days ago."""
    waits_since(proposal, 20)
    proposal.refresh_from_db()
    warned = timezone.now() - timedelta(days=2)
    Reminder.objects.create(kind="reply", row=proposal.pk, since=proposal.waiting_since, number=2, sent_at=warned)


def elsewhere(what: str, *arguments: str | Path, **environment: str) -> int:
    """Run a sweep of ``process`` in a process of its own and return how it ended: 0, or -9 when it was killed."""
    command = [sys.executable, "-m", "tests.engagements.sweeps.process", what, *map(str, arguments)]
    values = {**os.environ, "DATABASE_URL": database_url(), **environment}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=values, capture_output=True, check=False, timeout=100)
    assert run.returncode in {0, KILLED}, run.stderr.decode()[-2000:]
    return run.returncode


def killed(where: str, *arguments: str | Path) -> None:
    """Run a sweep in another process which kills itself ``where`` it hurts."""
    assert elsewhere(where, *arguments) == KILLED


def reminded_once(world: World) -> None:
    """Assert that Bereket, for whom a proposal waits, was reminded of it, and once."""
    assert [news.user for news in told("reply")] == [world.bereket]


def fails_once_reminded(world: World, *, times: int) -> None:
    """Assert that ``reminded_once`` is what a naive sweep fails: he was reminded so many ``times`` instead."""
    with pytest.raises(AssertionError):
        reminded_once(world)
    assert [news.user for news in told("reply")] == [world.bereket] * times

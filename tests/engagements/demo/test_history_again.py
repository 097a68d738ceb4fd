"""The history of the demo is the same every time it is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction

from diaspora_net.core.models import AuditEntry
from engagements.demo.history.frames import FRAMES
from engagements.demo.history.telling import is_told, tell_history
from engagements.models import Beneficiary, ClosedPeriod, DonorReport, Engagement, Need, Outcome, Session
from tests.engagements.demo.test_history import begin

pytestmark = pytest.mark.django_db
# The two months before it hold the end of a quarter.
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def test_it_refuses_a_length_that_makes_no_sense(settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="1 to 60"):
        call_command("seed_demo", "--history", "--months", "0")
    assert not is_told()


def test_played_twice_it_leaves_the_same_rows_and_closes_its_quarter() -> None:
    first, second = (_played(NOON) for _each in range(2))
    assert first == second
    assert first["periods"]
    assert first["reports"] == len(FRAMES)


def _played(now: datetime) -> dict[str, Any]:
    """Play two months from nothing, and return what they left behind, without what is drawn at random."""
    with transaction.atomic():
        begin(now)
        tell_history(months=2, now=now, say=lambda _step: None)
        rows: dict[str, Callable[[], Any]] = {
            "needs": lambda: _rows(Need, "title", "state", "published_at", "closed_at", "places_taken"),
            "work": lambda: _rows(Engagement, "need__title", "expert__user__email", "state", "created_at", "ended_at"),
            "sessions": lambda: _rows(Session, "held_on", "minutes", "state", "logged_side"),
            "said": lambda: _rows(Outcome, "moment", "respondent", "state", "result", "given_at"),
            "people": lambda: _rows(Beneficiary, "name", "track", "added_at"),
            "acts": lambda: _rows(AuditEntry, "verb", "created_at"),
            "periods": lambda: _rows(ClosedPeriod, "starts_on", "ends_on", "figures"),
            "reports": lambda: DonorReport.objects.count(),
        }
        left = {name: read() for name, read in rows.items()}
        transaction.set_rollback(True)
    return left


def _rows(model: type[models.Model], *names: str) -> list[tuple[Any, ...]]:
    return list(model._base_manager.order_by("pk").values_list(*names))

"""The one door of state changes."""

import pytest
from django.db import DatabaseError, transaction

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.states import ORGANISATION_TRANSITIONS
from diaspora_net.core import audit
from diaspora_net.core.errors import InvalidTransition
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.transitions import advance
from tests.world import World


@pytest.mark.django_db(transaction=True)
def test_advance_refuses_when_no_transaction_is_open() -> None:
    with pytest.raises(RuntimeError):
        advance(Organisation(pk=1), "verified", ORGANISATION_TRANSITIONS)


def test_advance_refuses_when_the_table_has_no_such_step(world: World) -> None:
    with pytest.raises(InvalidTransition) as refusal:
        advance(world.hospital, "applied", ORGANISATION_TRANSITIONS)
    assert "Verified" in refusal.value.message
    world.hospital.refresh_from_db()
    assert world.hospital.state == "verified"


def test_advance_looks_at_the_row_when_the_object_is_stale(world: World) -> None:
    stale = Organisation.objects.get(pk=world.hospital.pk)
    Organisation.objects.filter(pk=world.hospital.pk).update(state="suspended")
    with pytest.raises(InvalidTransition):
        advance(stale, "renewal_due", ORGANISATION_TRANSITIONS)


def test_audit_trail_refuses_when_somebody_changes_it(world: World) -> None:
    entry = audit.record(actor=world.chidi, verb="accounts.test", obj=world.hospital)
    for change in (lambda: AuditEntry.objects.filter(pk=entry.pk).update(verb="x"), lambda: entry.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert AuditEntry.objects.get(pk=entry.pk).verb == "accounts.test"

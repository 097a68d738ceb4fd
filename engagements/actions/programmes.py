"""Set up programmes, change them, start and close them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.programme_values import check_own, check_programme, write_programme
from engagements.actions.programme_words import tell_members
from engagements.models import Cohort, Programme
from engagements.queries.programme_settings import ProgrammeValues
from engagements.rules.programmes import can_run_programme
from engagements.states import PROGRAMME_TRANSITIONS, ProgrammeKind, ProgrammeState


@transaction.atomic
def create_programme(*, actor: User, country: str, values: ProgrammeValues) -> Programme:
    """Set up a programme of a country as a draft, with a first cohort.

    Raises Invalid unless ``actor`` coordinates the country, and with the problem of each field. Effects: programme
    with its rules, targets and countries, cohort, audit entry.
    """
    check_own(actor, country, values.kind)
    check_programme(values)
    programme = Programme(country=country, created_by=actor)
    said = write_programme(programme, values)
    Cohort.objects.create(programme=programme, name=pgettext("name of the first round of a programme", "Cohort 1"))
    audit.record(actor=actor, verb="engagements.programme.created", obj=programme, **said)
    return programme


@transaction.atomic
def change_programme(*, actor: User, programme: Programme, values: ProgrammeValues) -> Programme:
    """Change what a programme says; nothing happens when nothing differs.

    Raises NotAllowed outside the remit, Conflict when it is closed, Invalid with the problem of each field. Effects:
    rows, audit entry with every value before and after.
    """
    require_runner(actor, programme)
    present = lock(programme)
    if present.state == ProgrammeState.CLOSED:
        raise Conflict(_("This programme is closed, so it stays as it is."))
    check_programme(values)
    if ProgrammeKind.PATHWAY in {present.kind, values.kind} and present.kind != values.kind:
        problem = _("A labour pathway stays one, and nothing else becomes one. Set up another programme.")
        raise Invalid(problem, fields={"kind": problem})
    if present.state == ProgrammeState.RUNNING:
        _require_dates(values.starts_on, values.ends_on)
    if changes := write_programme(present, values):
        audit.record(actor=actor, verb="engagements.programme.changed", obj=programme, **changes)
    programme.refresh_from_db()
    return programme


@transaction.atomic
def start_programme(*, actor: User, programme: Programme) -> Programme:
    """Start a programme, so that people see it and can join.

    Raises NotAllowed outside the remit, Invalid without dates, InvalidTransition unless it is a draft. Effects: state,
    audit entry.
    """
    require_runner(actor, programme)
    present = lock(programme)
    _require_dates(present.starts_on, present.ends_on)
    advance(programme, ProgrammeState.RUNNING, PROGRAMME_TRANSITIONS, started_at=timezone.now())
    audit.record(actor=actor, verb="engagements.programme.started", obj=programme, before="draft", after="running")
    return programme


@transaction.atomic
def close_programme(*, actor: User, programme: Programme) -> Programme:
    """Close a programme; its needs and engagements go on without it being shown.

    Raises NotAllowed outside the remit, InvalidTransition when it is closed. Effects: state, audit entry, news for its
    members.
    """
    require_runner(actor, programme)
    before = lock(programme).state
    advance(programme, ProgrammeState.CLOSED, PROGRAMME_TRANSITIONS, closed_at=timezone.now())
    entry = audit.record(actor=actor, verb="engagements.programme.closed", obj=programme, before=before, after="closed")
    tell_members(
        programme=programme,
        verb="engagements.programme.closed",
        text=gettext_noop("The programme “%(programme)s” is closed. Thank you for taking part."),
        event_key=f"programme-closed:{entry.pk}",
    )
    return programme


def require_runner(actor: User, programme: Programme) -> None:
    """Raise NotAllowed unless the person runs the programme. Queries: 1."""
    if not can_run_programme(actor, programme):
        raise NotAllowed(_("Only the coordinators of its country change a programme."))


def _require_dates(starts_on: object, ends_on: object) -> None:
    if not (starts_on and ends_on):
        problem = _("Say when it starts and when it ends.")
        raise Invalid(problem, fields={"starts_on" if not starts_on else "ends_on": problem})

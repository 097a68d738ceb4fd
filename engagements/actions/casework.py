"""Look after things: who does, until when one rests, and what coordinators write down about it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.models import Case, Note
from engagements.queries.casework import field_of
from engagements.rules.casework import Thing, can_keep_case, countries_of

LONGEST_REASON, LONGEST_NOTE = 200, 2000
LONGEST_REST = timedelta(days=90)


def _check(actor: User, thing: Thing) -> None:
    if not can_keep_case(actor, thing):
        raise NotAllowed(_("Only a coordinator of this country does that."))


def _change(actor: User, thing: Thing, verb: str, write: Callable[[Case], None]) -> Case:
    """Change the case of a thing under the thing's lock. Effects: row, audit entry with before and after."""
    present = lock(thing)
    about: dict[str, Any] = {field_of(present): present}
    case, _is_new = Case.objects.get_or_create(**about)
    before = _told(case)
    write(case)
    case.changed_at = timezone.now()
    case.save()
    if (after := _told(case)) != before:
        audit.record(actor=actor, verb=f"engagements.case.{verb}", obj=present, before=before, after=after)
    return case


def _told(case: Case) -> dict[str, Any]:
    return {"owner": case.owner_id, "rests_until": case.rests_until.isoformat() if case.rests_until else None}


@transaction.atomic
def assign_case(*, actor: User, thing: Thing, owner: User | None) -> Case:
    """Say who looks after a thing; None means nobody.

    Raises NotAllowed outside the remit, Invalid unless ``owner`` coordinates the thing's country. Effects: row, audit
    entry.
    """
    _check(actor, thing)
    if owner is not None and (not owner.is_active or remit_countries(owner).isdisjoint(countries_of(thing))):
        problem = _("Choose somebody who coordinates this country.")
        raise Invalid(problem, fields={"owner": problem})

    def write(case: Case) -> None:
        case.owner = owner

    return _change(actor, thing, "assigned", write)


@transaction.atomic
def rest_case(*, actor: User, thing: Thing, until: date, reason: str) -> Case:
    """Let a thing rest until a day: it leaves everybody's desk until then, and says why.

    Raises NotAllowed outside the remit, Invalid for the day or without a reason. Effects: row, audit entry.
    """
    _check(actor, thing)
    today = timezone.localdate(timezone=actor.zone)
    problems = {}
    if not today < until <= today + LONGEST_REST:
        problems["until"] = _("Choose a day from tomorrow on, within the next %(days)d days.") % {
            "days": LONGEST_REST.days
        }
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        problems["reason"] = _("Say in up to %(limit)d characters why it rests; your colleagues read it.") % {
            "limit": LONGEST_REASON
        }
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)

    def write(case: Case) -> None:
        case.rests_until, case.rest_reason, case.rested_by = until, reason.strip(), actor

    return _change(actor, thing, "rested", write)


@transaction.atomic
def wake_case(*, actor: User, thing: Thing) -> Case:
    """Bring a thing that rests back to the desk. Raises NotAllowed outside the remit. Effects: row, audit entry."""
    _check(actor, thing)

    def write(case: Case) -> None:
        case.rests_until, case.rest_reason, case.rested_by = None, "", None

    return _change(actor, thing, "woken", write)


@transaction.atomic
def write_note(*, actor: User, thing: Thing, text: str) -> Note:
    """Write something down about a thing, for the coordinators of its country only.

    Raises NotAllowed outside the remit, Invalid for the text. Effects: row, audit entry.
    """
    _check(actor, thing)
    if not 0 < len(text.strip()) <= LONGEST_NOTE:
        problem = _("Write a note of up to %(limit)d characters.") % {"limit": LONGEST_NOTE}
        raise Invalid(problem, fields={"text": problem})
    note = Note.objects.create(**{field_of(thing): thing}, text=text.strip(), written_by=actor)
    audit.record(actor=actor, verb="engagements.note.written", obj=thing, note=note.pk)
    return note

"""Write down what was checked of an organisation, and what a country asks for."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts import rules
from diaspora_net.accounts.models import DueDiligenceCheck, Organisation, RequiredChecks, User
from diaspora_net.accounts.queries.due_diligence import checklist_of, required_checks
from diaspora_net.accounts.queries.verification import open_verification
from diaspora_net.accounts.states import ALWAYS_REQUIRED, CheckItem, CheckResult
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.transitions import lock

LONGEST_NOTE = 500


@transaction.atomic
def record_check(
    *, actor: User, organisation: Organisation, item: str, result: str, note: str
) -> DueDiligenceCheck | None:
    """Write down what a check found, with where it was looked; None when that is written already.

    Raises NotAllowed unless ``actor`` may recommend the organisation or decide about it now, Invalid for a code that is
    not known and without a note. Effects: row, audit entry with what was found before and after.
    """
    if not may_check(actor, organisation):
        raise NotAllowed(_("Only a coordinator who decides about this organisation checks it."))
    if item not in CheckItem.values or result not in CheckResult.values:
        raise Invalid(_("Choose what you found."), fields={f"result_{item}": _("Choose what you found.")})
    if not 0 < len(note.strip()) <= LONGEST_NOTE:
        problem = _("Say in up to %(limit)d characters where you looked and what you found.") % {"limit": LONGEST_NOTE}
        raise Invalid(problem, fields={f"note_{item}": problem})
    line = next(one for one in checklist_of(lock(organisation)) if one.item == item)
    before = line.found.result if line.found else ""
    if line.found and line.is_current and (line.found.result, line.found.note) == (result, note.strip()):
        return None
    check = DueDiligenceCheck.objects.create(
        organisation=organisation, item=item, result=result, note=note.strip(), checked_by=actor
    )
    audit.record(
        actor=actor,
        verb="accounts.organisation.checked",
        obj=organisation,
        item=item,
        before=before,
        after=result,
        check=check.pk,
    )
    return check


def may_check(actor: User, organisation: Organisation) -> bool:
    """Say whether the person may recommend the organisation, or decides about it at present. Queries: at most 6."""
    if rules.can_check_organisation(actor, organisation):
        return True
    found = open_verification(organisation)
    return found is not None and rules.can_decide_second(actor, organisation, found.recommended_by)


@transaction.atomic
def require_checks(*, actor: User, country: str, items: Collection[str]) -> RequiredChecks:
    """Say what is checked before an organisation of a country is recommended.

    Raises NotAllowed unless ``actor`` coordinates the country, Invalid for unknown items and without those that are
    always required. Effects: row, audit entry with before and after.
    """
    if not rules.coordinates(actor, country):
        raise NotAllowed(_("Only a coordinator of this country does that."))
    if not set(ALWAYS_REQUIRED) <= set(items) <= set(CheckItem.values):
        problem = _("A call back and a look for impostors are always required.")
        raise Invalid(problem, fields={"items": problem})
    before, chosen = sorted(required_checks(country)), [item for item in CheckItem.values if item in items]
    required, _is_new = RequiredChecks.objects.update_or_create(
        country=country, defaults={"items": chosen, "changed_by": actor, "changed_at": timezone.now()}
    )
    audit.record(
        actor=actor,
        verb="accounts.checks.required",
        obj=actor,
        country=country,
        before={"items": ", ".join(before)},
        after={"items": ", ".join(sorted(chosen))},
    )
    return required

"""The cohorts of a programme: their places, how far they are, and the needs they work on."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.members import check_place
from engagements.actions.programmes import require_runner
from engagements.actions.terms import rewrite_terms
from engagements.models import Cohort, Member, Need, Programme
from engagements.rules.programmes import can_place_need, takes_members
from engagements.states import COHORT_TRANSITIONS, ProgrammeKind

MOST_COHORTS, MOST_PLACES = 50, 5000


@transaction.atomic
def add_cohort(*, actor: User, programme: Programme, name: str, places: int | None = None) -> Cohort:
    """Add a round to a programme. Raises NotAllowed outside the remit, Invalid for name and places, Conflict when
    closed.

    Effects: row, audit entry.
    """
    require_runner(actor, programme)
    cleaned = _clean_name(name, places)
    if not takes_members(lock(programme)) or programme.cohorts.count() >= MOST_COHORTS:
        raise Conflict(_("This programme takes no further cohorts."))
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(programme=programme, name=cleaned, places=places)
    except IntegrityError:
        problem = _("There is a cohort of this name already.")
        raise Invalid(problem, fields={"name": problem}) from None
    audit.record(actor=actor, verb="engagements.cohort.added", obj=cohort, programme=programme.pk, places=places)
    return cohort


@transaction.atomic
def change_cohort(*, actor: User, cohort: Cohort, name: str, places: int | None) -> Cohort:
    """Rename a cohort and set its places. Raises as above. Effects: row, audit entry with before and after."""
    require_runner(actor, cohort.programme)
    cleaned = _clean_name(name, places)
    present = lock(cohort)
    try:
        with transaction.atomic():
            Cohort.objects.filter(pk=cohort.pk).update(name=cleaned, places=places)
    except IntegrityError:
        problem = _("There is a cohort of this name already.")
        raise Invalid(problem, fields={"name": problem}) from None
    changes = {"before": present.places, "after": places}
    audit.record(actor=actor, verb="engagements.cohort.changed", obj=cohort, places=changes)
    cohort.refresh_from_db()
    return cohort


def _clean_name(name: str, places: int | None) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 60:
        problem = _("Give the cohort a name of up to 60 characters.")
        raise Invalid(problem, fields={"name": problem})
    if places is not None and not 0 < places <= MOST_PLACES:
        problem = _("Choose from 1 to %(most)d places, or none for as many as come.") % {"most": MOST_PLACES}
        raise Invalid(problem, fields={"places": problem})
    return cleaned


@transaction.atomic
def move_cohort(*, actor: User, cohort: Cohort, to: str) -> Cohort:
    """Say how far a cohort is. Raises NotAllowed outside the remit, InvalidTransition. Effects: state, audit entry."""
    require_runner(actor, cohort.programme)
    before = cohort.state
    advance(cohort, to, COHORT_TRANSITIONS)
    audit.record(actor=actor, verb="engagements.cohort.moved", obj=cohort, before=before, after=to)
    return cohort


@transaction.atomic
def move_member(*, actor: User, member: Member, cohort: Cohort) -> Member:
    """Put a member into another cohort of the programme.

    Raises NotAllowed outside the remit or for a cohort of another programme, Conflict when it is full. Effects: row,
    audit entry with before and after.
    """
    require_runner(actor, member.programme)
    if cohort.programme_id != member.programme_id:
        raise NotAllowed(_("This cohort belongs to another programme."))
    if member.expert_id is not None and cohort.pk != member.cohort_id:
        check_place(lock(cohort))
    before = lock(member).cohort_id
    Member.objects.filter(pk=member.pk).update(cohort=cohort)
    audit.record(actor=actor, verb="engagements.member.moved", obj=member, before=before, after=cohort.pk)
    member.refresh_from_db()
    return member


@transaction.atomic
def place_need(*, actor: User, cohort: Cohort, need: Need) -> Need:
    """Put a need into a cohort; it leaves the one it was in.

    Raises NotAllowed unless programme and need both lie in the remit, Conflict when the programme is closed. Effects:
    row, terms, audit entry with before and after. In a pathway the need leaves lists and matches.
    """
    if not can_place_need(actor, cohort.programme, need):
        raise NotAllowed(_("You coordinate the programme and the country of the need to bring both together."))
    if not takes_members(lock(cohort.programme)):
        raise Conflict(_("This programme is closed."))
    before = lock(need).cohort_id
    is_pathway = cohort.programme.kind == ProgrammeKind.PATHWAY
    Need.objects.filter(pk=need.pk).update(programme=cohort.programme, cohort=cohort, is_pathway=is_pathway)
    rewrite_terms(need)
    audit.record(actor=actor, verb="engagements.need.placed", obj=need, before=before, after=cohort.pk)
    need.refresh_from_db()
    return need


@transaction.atomic
def take_need_out(*, actor: User, need: Need) -> Need:
    """Take a need out of its programme. Raises NotAllowed outside the remit. Effects: row, audit entry."""
    if need.programme is None or not can_place_need(actor, need.programme, need):
        raise NotAllowed(_("You coordinate the programme and the country of the need to bring both together."))
    before = lock(need).cohort_id
    Need.objects.filter(pk=need.pk).update(programme=None, cohort=None, is_pathway=False)
    rewrite_terms(need)
    audit.record(actor=actor, verb="engagements.need.placed", obj=need, before=before, after=None)
    need.refresh_from_db()
    return need

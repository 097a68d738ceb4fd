"""Find somebody for a need that nobody answers: ask two experts now, and the next while nobody says yes.

Rows say what is due. Each look is one transaction under the search's lock, so that several sweeps ask nobody twice.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, DomainError, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from engagements.actions.nominations import nominate_expert
from engagements.models import Invitee, Need, Proposal, Rescue
from engagements.payloads.working_days import after_working_days
from engagements.queries.rescues import due_rescues
from engagements.rules.needs import is_open
from engagements.rules.work import can_nominate
from engagements.states import OPEN_PROPOSAL_STATES
from engagements.states.rescues import InviteeState, RescueEnd
from mentors.models import ExpertProfile
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.ask_next_experts"
MOST_INVITEES = 5
LONGEST_MESSAGE = 1000
# Working days without a yes before the next is asked.
PATIENCE = 2


@transaction.atomic
def plan_rescue(*, actor: User, need: Need, experts: Sequence[ExpertProfile], message: str) -> Rescue:
    """Plan whom to ask for a need, in this order: two at once, the others one by one while nobody says yes.

    Raises NotAllowed unless the actor may nominate for the need, Invalid for the experts or the message, Conflict when
    the need is not open or somebody searches already. Effects: search with its experts, audit entry; after commit the
    sweep asks the first.
    """
    if not can_nominate(actor, need):
        raise NotAllowed(_("Only a coordinator of this country, who is on neither side, nominates experts."))
    if not is_open(need):
        raise Conflict(_("This need is not open at present, or all its places are taken."))
    problems = {}
    if not 0 < len(experts) <= MOST_INVITEES:
        problems["experts"] = _("Choose between 1 and %(limit)d people.") % {"limit": MOST_INVITEES}
    if not 0 < len(message.strip()) <= LONGEST_MESSAGE:
        problems["message"] = _("Write a message of up to %(limit)s characters.") % {"limit": LONGEST_MESSAGE}
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    try:
        with transaction.atomic():
            rescue = Rescue.objects.create(need=need, planned_by=actor, message=message.strip())
    except IntegrityError:
        raise Conflict(_("Somebody is asking experts for this need already.")) from None
    Invitee.objects.bulk_create(
        [Invitee(rescue=rescue, expert=expert, place=place) for place, expert in enumerate(experts)]
    )
    ids = [expert.pk for expert in experts]
    audit.record(actor=actor, verb="engagements.rescue.planned", obj=need, rescue=rescue.pk, experts=ids)

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)
    return rescue


@transaction.atomic
def stop_rescue(*, actor: User, rescue: Rescue) -> None:
    """Ask nobody more; who was asked may still answer. Raises NotAllowed unless the actor may nominate for the need.

    Effects: end, audit entry; nothing when it has ended already.
    """
    if not can_nominate(actor, rescue.need):
        raise NotAllowed(_("Only a coordinator of this country, who is on neither side, nominates experts."))
    present = Rescue.objects.select_for_update().get(pk=rescue.pk)
    if present.ended_at is None:
        _end(present, RescueEnd.STOPPED, actor)


def ask_due_experts() -> int:
    """Ask the next experts of every search that is due; return how many were asked. Effects: those of a nomination.

    A search ends by itself when the need has found somebody, or when everybody was asked and nobody's answer is due.
    """
    return in_turns(_look_at_next)


@transaction.atomic
def _look_at_next() -> int | None:
    """Look at one due search; return how many were asked, None when nothing is due."""
    due = due_rescues().select_related("need__organisation", "planned_by")
    rescue = due.select_for_update(skip_locked=True, of=("self",)).first()
    if rescue is None:
        return None
    if not is_open(rescue.need):
        return _end(rescue, RescueEnd.FILLED)
    if not can_nominate(rescue.planned_by, rescue.need):
        return _end(rescue, RescueEnd.REFUSED)
    waiting = list(rescue.invitees.filter(state=InviteeState.WAITING).select_related("expert__user"))
    if not waiting:
        return _end(rescue, RescueEnd.ASKED_ALL)
    asked = 0 if _has_yes(rescue) else _ask(rescue, waiting)
    place = rescue.need.organisation
    rescue.due_at = after_working_days(timezone.now(), PATIENCE, place.country.code, ZoneInfo(place.time_zone))
    rescue.save(update_fields=["due_at"])
    return asked


def _has_yes(rescue: Rescue) -> bool:
    """Say whether an expert said yes, so that the institution's answer is waited for."""
    agreed = Proposal.objects.filter(need=rescue.need, state__in=sorted(OPEN_PROPOSAL_STATES))
    return agreed.filter(expert_agreed_at__isnull=False).exists()


def _ask(rescue: Rescue, waiting: Sequence[Invitee]) -> int:
    """Ask the next in line, as many as it is time for; who cannot be asked is passed over."""
    is_first = not rescue.invitees.exclude(state=InviteeState.WAITING).exists()
    wanted, asked = rescue.at_first if is_first else 1, 0
    for invitee in waiting:
        if asked == wanted:
            break
        asked += _nominate(rescue, invitee)
    return asked


def _nominate(rescue: Rescue, invitee: Invitee) -> bool:
    with translation.override(rescue.planned_by.language):
        try:
            with transaction.atomic():
                invitee.proposal = nominate_expert(
                    actor=rescue.planned_by, need=rescue.need, expert=invitee.expert, message=rescue.message
                )
        except DomainError as error:
            invitee.state, invitee.why = InviteeState.SKIPPED, error.message[:300]
        else:
            invitee.state = InviteeState.ASKED
    invitee.save(update_fields=["state", "why", "proposal"])
    return invitee.state == InviteeState.ASKED


def _end(rescue: Rescue, end: RescueEnd, actor: User | None = None) -> int:
    rescue.ended_at, rescue.end = timezone.now(), end
    rescue.save(update_fields=["ended_at", "end"])
    audit.record(actor=actor, verb="engagements.rescue.ended", obj=rescue.need, rescue=rescue.pk, end=end.value)
    return 0

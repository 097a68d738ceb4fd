"""From a gap to people: ask the best experts for the open needs, or whether they would help when there is none yet.

Invitations are searches (``actions.rescues``): two are asked at once, the others while nobody says yes, each within
what one expert is asked in a day. Questions about interest leave two by two, in the experts' mornings, within the same
daily limit; rows say what is due, and the sweep may run twice or at once.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from diaspora_net.core.transitions import advance, lock
from engagements.actions.mornings import is_morning, next_morning, now_or_next_morning
from engagements.actions.pace import DAILY_INVITATIONS
from engagements.actions.rescues import MOST_INVITEES, plan_rescue
from engagements.models import InterestAsk, Need, Rescue
from engagements.payloads.quarters import quarter_name
from engagements.queries.gap_people import best_needs, due_asks
from engagements.queries.pace import asked_within_a_day
from engagements.rules.needs import can_answer_needs
from engagements.states.anticipation import INTEREST_TRANSITIONS, InterestState
from mentors.models import ExpertProfile, Skill
from mentors.queries.profiles import standing_of, visible_fields
from mentors.queries.skills import skill_labels
from messaging.actions.notifications import notify
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.ask_interest"
MOST_ASKED, AT_ONCE, LONGEST_MESSAGE = 10, 2, 500
# Between two pairs of experts, so that not the whole pool is asked for what a few can do.
PAUSE = timedelta(days=2)


@transaction.atomic
def invite_from_gap(
    *, actor: User, needs: Sequence[Need], experts: Sequence[ExpertProfile], message: str
) -> list[Rescue]:
    """Ask experts for open needs: each for the one that fits them best, as a search that asks two at once.

    Raises Invalid for nobody or no need, Conflict when all of them have a proposal for each of the needs, else as
    ``plan_rescue``. Effects: a search for each need somebody fits.
    """
    problems = {}
    if not 0 < len(experts) <= MOST_ASKED:
        problems["experts"] = _("Choose between 1 and %(limit)d people.") % {"limit": MOST_ASKED}
    if not needs:
        problems["needs"] = _("Choose at least one need.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    by_id, of_need = {expert.pk: expert for expert in experts}, {need.pk: need for need in needs}
    plans = {need: chosen for need, chosen in best_needs(needs, experts).items() if chosen}
    if not plans:
        raise Conflict(_("All of them have been asked, or have offered, already."))
    return [
        plan_rescue(
            actor=actor,
            need=of_need[need],
            experts=[by_id[expert] for expert in chosen[:MOST_INVITEES]],
            message=message,
        )
        for need, chosen in plans.items()
    ]


@transaction.atomic
def ask_interest(
    *,
    actor: User,
    skill: Skill,
    country: str,
    experts: Sequence[ExpertProfile],
    starts_on: date | None = None,
    message: str = "",
) -> list[InterestAsk]:
    """Ask experts whether they would help with a skill that a country will need, two in the next morning, two more
    every second day.

    Who has such a question open keeps that one. Raises NotAllowed unless the actor coordinates the country and sees the
    experts, Invalid for nobody or too many, or the message. Effects: rows, audit entry; after commit the sweep.
    """
    if not coordinates(actor, country):
        raise NotAllowed(_("Only a coordinator of this country does that."))
    problems = {}
    if not 0 < len(experts) <= MOST_ASKED:
        problems["experts"] = _("Choose between 1 and %(limit)d people.") % {"limit": MOST_ASKED}
    if len(message.strip()) > LONGEST_MESSAGE or "\0" in message:
        problems["message"] = _("Write at most %(limit)d characters.") % {"limit": LONGEST_MESSAGE}
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    standing = standing_of(actor)
    if not all(visible_fields(actor, expert, standing=standing) for expert in experts):
        raise NotAllowed(_("This expert is not available at present."))
    asks = [ask for place, expert in enumerate(experts) if (ask := _plan(actor, skill, country, expert, place))]
    ids = [ask.pk for ask in asks]
    InterestAsk.objects.filter(pk__in=ids).update(starts_on=starts_on, message=message.strip())
    audit.record(
        actor=actor,
        verb="engagements.interest.planned",
        obj=skill,
        country=country,
        experts=[ask.expert_id for ask in asks],
    )

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)
    return asks


def _plan(actor: User, skill: Skill, country: str, expert: ExpertProfile, place: int) -> InterestAsk | None:
    """Note that an expert is asked; None when the same question is open already."""
    due_at = now_or_next_morning(timezone.now(), expert.user.zone) + place // AT_ONCE * PAUSE
    try:
        with transaction.atomic():
            return InterestAsk.objects.create(
                skill=skill, country=country, expert=expert, asked_by=actor, due_at=due_at
            )
    except IntegrityError:
        return None


def ask_due_interest() -> int:
    """Ask whoever is due; return how many were asked. One transaction each, under the rows' locks.

    Who was asked enough today is asked in their next morning; who is not free any more is passed over. Effects for
    each: state, one piece of news.
    """
    return in_turns(_ask_next)


@transaction.atomic
def _ask_next() -> bool | None:
    """Look at one question that is due; say whether it was asked, None when none is due."""
    rows = due_asks().select_related("skill", "asked_by")
    ask = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if ask is None:
        return None
    expert, now = lock(ask.expert), timezone.now()
    if not can_answer_needs(expert) or not expert.user.is_active or not coordinates(ask.asked_by, ask.country.code):
        with translation.override(ask.asked_by.language):
            why = _("This expert is not available at present, or has no free place.")
        advance(ask, InterestState.SKIPPED, INTEREST_TRANSITIONS, why=why)
        return False
    if not is_morning(now, expert.user.zone) or asked_within_a_day([expert.pk]).count() >= DAILY_INVITATIONS:
        InterestAsk.objects.filter(pk=ask.pk).update(due_at=next_morning(now, expert.user.zone))
        return False
    advance(ask, InterestState.ASKED, INTEREST_TRANSITIONS, asked_at=now)
    _tell(ask, expert.user)
    return True


def _tell(ask: InterestAsk, person: User) -> None:
    with translation.override(person.language):
        label = skill_labels([ask.skill_id], person.language)[ask.skill_id]
        params = {"skill": label, "country": str(ask.country.name)}
        if ask.starts_on:
            params["quarter"] = quarter_name(ask.starts_on)
    text = gettext_noop("“%(skill)s” will be needed in %(country)s. Would you help?")
    if ask.starts_on:
        text = gettext_noop("“%(skill)s” will be needed in %(country)s from %(quarter)s on. Would you help?")
    notify(
        user=person,
        verb="engagements.interest.asked",
        text=text,
        params=params,
        url=reverse("engagements:interest-ask", args=[ask.reference]),
        ask=f"interest:{ask.reference}",
        event_key=f"interest:{ask.pk}",
    )


@transaction.atomic
def answer_interest(*, actor: User, interest: InterestAsk, is_interested: bool) -> InterestAsk:
    """Say whether one would help. Raises NotAllowed for another person, InvalidTransition when it is answered.

    Effects: state, audit entry, news for the coordinator when it is a yes.
    """
    if interest.expert.user_id != actor.pk:
        raise NotAllowed(_("Only the expert who was asked answers."))
    to = InterestState.YES if is_interested else InterestState.NO
    interest = advance(interest, to, INTEREST_TRANSITIONS, answered_at=timezone.now())
    audit.record(actor=actor, verb="engagements.interest.answered", obj=interest)
    if is_interested and interest.asked_by.is_active:
        label = skill_labels([interest.skill_id], interest.asked_by.language)[interest.skill_id]
        notify(
            user=interest.asked_by,
            verb="engagements.interest.answered",
            text=gettext_noop("An expert would help with “%(skill)s”."),
            params={"skill": label},
            url=f"{reverse('engagements:gap', args=[interest.skill_id])}?country={interest.country.code}",
            event_key=f"interest-yes:{interest.pk}",
        )
    return interest

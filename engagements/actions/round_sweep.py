"""Ask institutions which skills they will lack: rows say who is asked when, and each is decided anew under its lock.

The sweep may run twice or at once. People read the question in their language, in their morning, and once more two
weeks later when nobody of theirs has answered.
"""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.core.sweeps import in_turns
from engagements.actions.mornings import next_office_hour, now_or_next_morning
from engagements.actions.skills_rounds import close_round
from engagements.models import SkillsAnswer
from engagements.payloads.quarters import first_of_half_year
from engagements.queries.skills_rounds import (
    countries_without_round,
    due_to_ask,
    round_key,
    rounds_to_end,
    unplanned,
)
from engagements.states.anticipation import ASK_AGAIN_AFTER, AnswerState
from messaging.actions.notifications import notify

ASKED_TWICE = 2
AT_ONCE = 500


def ask_skills_rounds() -> int:
    """Close rounds whose day is over, plan whom to ask, ask whoever is due; return how many institutions were asked.

    Coordinators of countries without a round in this half-year are told once that it is time to open one.
    """
    for over in rounds_to_end():
        close_round(actor=None, opened=over)
    _plan()
    asked = in_turns(_ask_next)
    _tell_coordinators()
    return asked


def _plan() -> None:
    """Note for each institution of an open round when it is asked; who is noted already stays so."""
    now = timezone.now()
    rows = []
    for opened, organisation in unplanned(AT_ONCE):
        zone = ZoneInfo(organisation.time_zone)
        ask_at = next_office_hour(now, organisation.country.code, zone)
        rows.append(SkillsAnswer(round=opened, organisation=organisation, ask_at=ask_at))
    SkillsAnswer.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def _ask_next() -> bool | None:
    """Ask one institution that is due; say whether it was asked, None when none is due."""
    due = due_to_ask().select_related("round", "organisation")
    answer = due.select_for_update(skip_locked=True, of=("self",)).first()
    if answer is None:
        return None
    now, count = timezone.now(), answer.asked_count + 1
    is_asked = is_trusted(answer.organisation)
    again = now + ASK_AGAIN_AFTER if count < ASKED_TWICE else None
    SkillsAnswer.objects.filter(pk=answer.pk).update(state=AnswerState.OPEN, asked_count=count, ask_at=again)
    for person in speakers_of(answer.organisation) if is_asked else ():
        notify(
            user=person,
            verb="engagements.round.asked",
            text=gettext_noop("Which skills will %(organisation)s lack in the coming year? Three minutes."),
            params={"organisation": answer.organisation.name},
            url=reverse("engagements:lacks", args=[answer.organisation.reference]),
            ask=f"lacks:{answer.round.reference}:{answer.organisation.reference}",
            event_key=f"lacks:{answer.pk}:{count}",
            email_at=now_or_next_morning(now, person.zone),
        )
    return is_asked


def _tell_coordinators() -> None:
    """Tell coordinators once in each half-year that their country has had no round in it."""
    now = timezone.now()
    half = first_of_half_year(timezone.localdate())
    for country in countries_without_round(half):
        for person in coordinators_of(country):
            notify(
                user=person,
                verb="engagements.round.due",
                text=gettext_noop("A new half-year: ask institutions which skills they will lack."),
                params={},
                url=reverse("engagements:rounds"),
                event_key=round_key(country, half),
                email_at=now_or_next_morning(now, person.zone),
            )

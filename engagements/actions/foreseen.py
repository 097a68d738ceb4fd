"""Note what will be needed, turn it into a draft need when the time comes, and remind of it four weeks before.

Rows say what is due: the sweep decides each row anew under its lock, and may run twice or at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from diaspora_net.core.transitions import advance, lock
from engagements.actions.mornings import now_or_next_morning
from engagements.actions.need_values import NeedSkillEntry, NeedValues
from engagements.actions.needs import draft_need
from engagements.actions.skill_names import named_skill
from engagements.models import ForeseenNeed, Need
from engagements.payloads.quarters import quarter_name, quarters_from
from engagements.queries.foreseen import due_foreseen
from engagements.rules import anticipation as rules
from engagements.states.anticipation import FORESEEN_TRANSITIONS, QUARTERS_AHEAD, Certainty, ForeseenState
from mentors.queries.skills import skill_labels
from mentors.states import LanguageLevel, SkillStatus, WorkingLanguage
from messaging.actions.notifications import notify

MOST_PEOPLE, LONGEST_REASON, LONGEST_REGION = 500, 500, 80
MOST_PLACES = 50


@dataclass(frozen=True)
class ForeseenValues:
    """What is foreseen: for an institution or, without one, a country; ``skill`` is a concept's id in digits or words.

    ``starts_on`` is the first day of a quarter.
    """

    organisation: Organisation | None
    country: str
    skill: str
    starts_on: date
    people: int = 1
    certainty: str = Certainty.LIKELY
    region: str = ""
    reason: str = ""


@transaction.atomic
def note_foreseen(*, actor: User, values: ForeseenValues, language: str) -> ForeseenNeed:
    """Note what will be needed. ``language`` is that of the words of a skill nobody has named yet.

    Raises NotAllowed unless the actor speaks for the verified institution or coordinates the country, Invalid with the
    problem of each field. Effects: row, proposed skill, audit entry.
    """
    _check(actor, values)
    foreseen = ForeseenNeed(noted_by=actor)
    _write(actor, foreseen, values, language)
    audit.record(actor=actor, verb="engagements.foreseen.noted", obj=foreseen, **_told(foreseen))
    return foreseen


@transaction.atomic
def change_foreseen(*, actor: User, foreseen: ForeseenNeed, values: ForeseenValues, language: str) -> ForeseenNeed:
    """Write it anew; a later quarter is reminded of again. Raises as ``note_foreseen``, Conflict once it is settled.

    Effects: row, proposed skill, audit entry with before and after.
    """
    if not rules.can_change_foreseen(actor, foreseen):
        raise NotAllowed(_("Only who noted it for this institution or country changes it."))
    _check(actor, values)
    present = lock(foreseen)
    if present.state != ForeseenState.OPEN:
        raise Conflict(_("This is settled: a need was written, or it is not needed any more."))
    before, first = _told(present), present.starts_on
    if values.starts_on > first:
        present.reminded_at = None
    _write(actor, present, values, language)
    if (after := _told(present)) != before:
        audit.record(actor=actor, verb="engagements.foreseen.changed", obj=present, before=before, after=after)
    return present


@transaction.atomic
def drop_foreseen(*, actor: User, foreseen: ForeseenNeed) -> ForeseenNeed:
    """Say that it is not needed any more. Raises NotAllowed as for changing it, InvalidTransition once it is settled.

    Effects: state, audit entry.
    """
    if not rules.can_change_foreseen(actor, foreseen):
        raise NotAllowed(_("Only who noted it for this institution or country changes it."))
    foreseen = advance(foreseen, ForeseenState.DROPPED, FORESEEN_TRANSITIONS)
    audit.record(actor=actor, verb="engagements.foreseen.dropped", obj=foreseen)
    return foreseen


@transaction.atomic
def draft_foreseen(*, actor: User, foreseen: ForeseenNeed) -> Need:
    """Turn it into a draft need of its institution, which says all that is known and is finished in its form.

    Raises NotAllowed unless the actor speaks for the institution, InvalidTransition when it is settled. Effects: draft
    need, state, audit entries.
    """
    if foreseen.organisation is None or not rules.can_draft_foreseen(actor, foreseen):
        raise NotAllowed(_("Only people who speak for the organisation write its needs."))
    present = lock(foreseen)
    if present.state != ForeseenState.OPEN:
        raise Conflict(_("This is settled: a need was written, or it is not needed any more."))
    need = draft_need(actor=actor, organisation=foreseen.organisation, values=_first_words(actor, present))
    advance(foreseen, ForeseenState.DRAFTED, FORESEEN_TRANSITIONS, need=need)
    audit.record(actor=actor, verb="engagements.foreseen.drafted", obj=foreseen, need=need.pk)
    return need


def _first_words(actor: User, foreseen: ForeseenNeed) -> NeedValues:
    """Return what the draft says."""
    skill = foreseen.skill.merged_into if foreseen.skill.status == SkillStatus.MERGED else foreseen.skill
    label = skill_labels([skill.pk], actor.language)[skill.pk]
    is_ahead = foreseen.starts_on > timezone.localdate(timezone=actor.zone)
    speaks = actor.language if actor.language in WorkingLanguage.values else ""
    return NeedValues(
        title=capfirst(label)[:140],
        focal_point=actor,
        context=foreseen.reason,
        places=min(foreseen.people, MOST_PLACES),
        starts_on=foreseen.starts_on if is_ahead else None,
        skills=(NeedSkillEntry(skill),),
        languages=((speaks, int(LanguageLevel.B2)),) if speaks else (),
    )


def _check(actor: User, values: ForeseenValues) -> None:
    if not rules.can_note_foreseen(actor, values.organisation, values.country):
        raise NotAllowed(
            _("Who speaks for a verified institution, or coordinates its country, notes what it foresees.")
        )
    problems = {}
    if values.starts_on not in quarters_from(timezone.localdate(timezone=actor.zone), QUARTERS_AHEAD):
        problems["starts_on"] = _("Choose this quarter or one of the next five.")
    if not 1 <= values.people <= MOST_PEOPLE:
        problems["people"] = _("Say how many people, from 1 to %(most)d.") % {"most": MOST_PEOPLE}
    if values.certainty not in Certainty.values:
        problems["certainty"] = _("Say how sure it is.")
    for name, text, longest in (("reason", values.reason, LONGEST_REASON), ("region", values.region, LONGEST_REGION)):
        if len(text) > longest or "\0" in text:  # PostgreSQL stores no NUL
            problems[name] = _("Write at most %(limit)d characters.") % {"limit": longest}
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)


def _write(actor: User, foreseen: ForeseenNeed, values: ForeseenValues, language: str) -> None:
    foreseen.organisation, foreseen.country = values.organisation, values.country
    foreseen.skill = named_skill(actor=actor, value=values.skill, language=language)
    foreseen.starts_on, foreseen.people, foreseen.certainty = values.starts_on, values.people, values.certainty
    foreseen.region, foreseen.reason = values.region.strip(), values.reason.strip()
    foreseen.save()


def _told(foreseen: ForeseenNeed) -> dict[str, object]:
    return {
        "organisation": foreseen.organisation_id,
        "country": str(foreseen.country),
        "skill": foreseen.skill_id,
        "starts_on": foreseen.starts_on.isoformat(),
        "people": foreseen.people,
        "certainty": foreseen.certainty,
    }


def remind_due_foreseen() -> int:
    """Remind of what was foreseen for a quarter that begins within four weeks; return of how many.

    One transaction each, under the row's lock; rows that another sweep holds are passed over. Effects for each: news
    for who speaks for the institution (in their morning), or for the coordinators where it is a country's.
    """
    return in_turns(_remind_next)


@transaction.atomic
def _remind_next() -> bool | None:
    """Look at what is due longest; say that it was reminded of, None when nothing is due."""
    due = due_foreseen().select_related("organisation", "skill")
    foreseen = due.select_for_update(skip_locked=True, of=("self",)).first()
    if foreseen is None:
        return None
    now = timezone.now()
    for person in _told_people(foreseen):
        with translation.override(person.language):
            label = skill_labels([foreseen.skill_id], person.language)[foreseen.skill_id]
            params = {"skill": label, "quarter": quarter_name(foreseen.starts_on)}
        notify(
            user=person,
            verb="engagements.foreseen.due",
            text=gettext_noop("You foresaw “%(skill)s” for %(quarter)s. Is it time to write the need?"),
            params=params,
            url=reverse("engagements:foreseen", args=[foreseen.reference]),
            ask=f"foreseen:{foreseen.reference}",
            event_key=f"foreseen:{foreseen.pk}:{foreseen.starts_on}",
            email_at=now_or_next_morning(now, person.zone),
        )
    ForeseenNeed.objects.filter(pk=foreseen.pk).update(reminded_at=now)
    return True


def _told_people(foreseen: ForeseenNeed) -> Sequence[User]:
    if foreseen.organisation is not None:
        return list(speakers_of(foreseen.organisation))
    return list(coordinators_of(foreseen.country.code))

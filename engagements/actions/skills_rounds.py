"""Open and close rounds about missing skills, and take down what institutions say in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import can_speak_for, coordinates, is_trusted
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.skill_names import named_skill
from engagements.models import SkillLack, SkillsAnswer, SkillsRound
from engagements.payloads.quarters import first_of_half_year
from engagements.states.anticipation import (
    ANSWER_TRANSITIONS,
    LONGEST_ROUND,
    MOST_LACKS,
    SHORTEST_ROUND,
    UNANSWERED,
    AnswerState,
    LackWhen,
)
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.ask_skills_rounds"
MOST_PEOPLE, LONGEST_COMMENT = 500, 300
# A draft is what one form holds.
MOST_DRAFTED, LONGEST_DRAFTED = 60, 300


@dataclass(frozen=True)
class Lack:
    """So many ``people`` with a skill (a concept's id in digits, or words), missing from ``when`` (``LackWhen``) on."""

    skill: str
    people: int
    when: str = LackWhen.HALF


@transaction.atomic
def open_round(*, actor: User, country: str, closes_on: date) -> SkillsRound:
    """Ask every verified institution of a country, each on its next working morning, until a day.

    Raises NotAllowed unless the actor coordinates the country, Invalid for the day, Conflict when a round is open or
    there was one in this half-year. Effects: round, audit entry; after commit the sweep.
    """
    if not coordinates(actor, country):
        raise NotAllowed(_("Only a coordinator of this country does that."))
    today = timezone.localdate(timezone=actor.zone)
    if not today + SHORTEST_ROUND <= closes_on <= today + LONGEST_ROUND:
        problem = _("Choose a day between one week and three months from now.")
        raise Invalid(problem, fields={"closes_on": problem})
    try:
        with transaction.atomic():
            opened = SkillsRound.objects.create(
                country=country, half=first_of_half_year(today), closes_on=closes_on, opened_by=actor
            )
    except IntegrityError:
        raise Conflict(_("This country has had its round in this half-year, or one is open still.")) from None
    audit.record(
        actor=actor, verb="engagements.round.opened", obj=opened, country=country, closes_on=closes_on.isoformat()
    )

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)
    return opened


@transaction.atomic
def close_round(*, actor: User | None, opened: SkillsRound) -> SkillsRound:
    """Take no more answers; ``actor`` is None when its day is over. Does nothing for one that is closed.

    Raises NotAllowed unless the actor coordinates the country. Effects: round, answers that are missing, audit entry.
    """
    if actor is not None and not coordinates(actor, opened.country.code):
        raise NotAllowed(_("Only a coordinator of this country does that."))
    present = lock(opened)
    if present.closed_at is None:
        present.closed_at = timezone.now()
        present.save(update_fields=["closed_at"])
        missing = present.answers.filter(state__in=sorted(UNANSWERED))
        count = missing.update(state=AnswerState.CLOSED, ask_at=None)
        audit.record(actor=actor, verb="engagements.round.closed", obj=present, missing=count)
    return present


@transaction.atomic
def give_skills_answer(
    *,
    actor: User,
    answer: SkillsAnswer,
    lacks: Sequence[Lack],
    lacks_nothing: bool = False,
    comment: str = "",
    language: str,
) -> SkillsAnswer:
    """Say for an institution which skills it will lack; while the round is open it may be said anew.

    ``language`` is that of the words of skills nobody has named yet. Raises NotAllowed unless the actor speaks for the
    verified institution, Conflict when the round is closed, Invalid with the problem of each field. Effects: answer
    with its skills in place of what was said before, no draft, proposed skills, audit entry.
    """
    present = _to_answer(actor, answer)
    _check(lacks, lacks_nothing, comment)
    chosen: dict[int, Lack] = {}
    for lack in lacks:
        skill = named_skill(actor=actor, value=lack.skill, language=language, field="lacks")
        if skill.pk in chosen:
            problem = _("“%(skill)s” is there twice.") % {"skill": skill.name}
            raise Invalid(problem, fields={"lacks": problem})
        chosen[skill.pk] = lack
    now = timezone.now()
    values = {
        "lacks_nothing": lacks_nothing,
        "comment": comment.strip(),
        "answered_by": actor,
        "answered_at": now,
        "ask_at": None,
        "draft": {},
        "draft_by": None,
    }
    if present.state == AnswerState.ANSWERED:
        SkillsAnswer.objects.filter(pk=present.pk).update(**values)
    else:
        advance(present, AnswerState.ANSWERED, ANSWER_TRANSITIONS, **values)
    present.lacks.all().delete()
    SkillLack.objects.bulk_create(
        SkillLack(answer=present, skill_id=skill, people=lack.people, when=lack.when) for skill, lack in chosen.items()
    )
    said = {str(skill): lack.people for skill, lack in chosen.items()}
    audit.record(actor=actor, verb="engagements.round.answered", obj=present, lacks=said)
    present.refresh_from_db()
    return present


@transaction.atomic
def keep_skills_draft(*, actor: User, answer: SkillsAnswer, draft: dict[str, str]) -> None:
    """Remember what was typed and not sent; raises as giving the answer does. Effects: row."""
    _to_answer(actor, answer)
    kept = {name[:40]: text.replace("\0", "")[:LONGEST_DRAFTED] for name, text in list(draft.items())[:MOST_DRAFTED]}
    SkillsAnswer.objects.filter(pk=answer.pk).update(draft=kept, draft_by=actor)


def _to_answer(actor: User, answer: SkillsAnswer) -> SkillsAnswer:
    """Return the answer, locked, when the actor may write it now. The round is locked first, so that none slips in
    while it closes.
    """
    if not can_speak_for(actor, answer.organisation) or not is_trusted(answer.organisation):
        raise NotAllowed(_("Only people who speak for the verified organisation answer for it."))
    opened, present = lock(answer.round), lock(answer)
    if opened.closed_at is not None or present.state == AnswerState.CLOSED:
        raise Conflict(_("This round is closed. Thank you; the next one comes in half a year."))
    return present


def _check(lacks: Sequence[Lack], lacks_nothing: bool, comment: str) -> None:
    problems = {}
    if bool(lacks) == lacks_nothing:
        problems["lacks"] = _(
            "Say how many people you will lack with at least one skill, or that you will lack nobody."
        )
    elif len(lacks) > MOST_LACKS:
        problems["lacks"] = ngettext(
            "Name at most %(count)d skill, the ones that matter most.",
            "Name at most %(count)d skills, the ones that matter most.",
            MOST_LACKS,
        ) % {"count": MOST_LACKS}
    elif not all(1 <= lack.people <= MOST_PEOPLE and lack.when in LackWhen.values for lack in lacks):
        problems["lacks"] = _("Say for each skill how many people, from 1 to %(most)d.") % {"most": MOST_PEOPLE}
    if len(comment.strip()) > LONGEST_COMMENT or "\0" in comment:
        problems["comment"] = _("Write at most %(limit)d characters.") % {"limit": LONGEST_COMMENT}
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)

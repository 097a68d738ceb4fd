"""Answer a mapping wave without an account, change or take back what one answered, and begin a profile with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.mails import newly_due
from diaspora_net.core.transitions import lock
from engagements.models import MappingAnswer, MappingWave
from engagements.queries.waves import questions_of
from engagements.states.wave_questions import RESIDENCE
from engagements.states.waves import Asked, Purpose
from mentors.actions.profiles import start_profile
from mentors.actions.steps import save_giving, save_identity, save_languages
from mentors.models import ExpertProfile
from mentors.states import EngagementKind, LanguageLevel, ProfileState
from messaging.actions.pokes import poke

MAIL_SWEEP = "engagements.tasks.work_waves"
# What anybody can make leave for one address: the link to their own answers.
MOST_MAILS = 5
MOST_ANSWERS = 50_000
HOURS = {"1_2": 2, "3_5": 4, "6_10": 8, "11_up": 12}


@dataclass(frozen=True)
class Given:
    """What one person sent: codes by question, what they agree to, and the address for their link, if any."""

    answers: Mapping[str, Sequence[str]]
    agreed: Sequence[str]
    email: str = ""
    came_by: str = Asked.LINK


@transaction.atomic
def give_answers(*, wave: MappingWave, given: Given, form_key: UUID) -> MappingAnswer:
    """Keep what somebody answered; a form that comes twice and an address that answered before count once.

    Nobody is told whether an address had answered: its owner gets the same mail with the link to what is kept. Raises
    Conflict when the wave takes no answers, Invalid without consent or any answer. Effects: the answer, the mail that
    is due, a poke after commit; no audit entry, since nobody's name stands behind it.
    """
    wave = _taking(wave)
    values = _checked(wave, given)
    mark = address_mark(wave, given.email)
    same = wave.answers.filter(form_key=form_key).first()
    if same is None and mark:
        same = wave.answers.filter(mark=mark).first()
        if same is not None:
            _send_link(same, given.email)
    if same is not None:
        return same
    if wave.answers.count() >= MOST_ANSWERS:
        raise Conflict(_("This survey is full."))
    answer = MappingAnswer.objects.create(
        wave=wave, form_key=form_key, mark=mark, came_by=given.came_by, language=get_language() or "en", **values
    )
    if given.email:
        _send_link(answer, given.email)
    return answer


@transaction.atomic
def change_answers(*, answer: MappingAnswer, given: Given) -> MappingAnswer:
    """Put new answers in the place of those that were given, while the wave is open. Raises as ``give_answers``.

    Effects: the answer. An address is kept only for who still agrees to be written to.
    """
    wave = _taking(answer.wave)
    present = lock(answer)
    values = _checked(wave, given)
    email = present.email if Purpose.AGAIN in given.agreed or present.mail_at else ""
    MappingAnswer.objects.filter(pk=present.pk).update(**values, email=email)
    return lock(answer)


@transaction.atomic
def withdraw_answers(*, answer: MappingAnswer) -> None:
    """Delete what somebody answered, at once and for good: it is in no number that is counted from now on.

    Effects: the row is gone; no audit entry, which would tell that somebody withdrew.
    """
    lock(answer.wave)
    MappingAnswer.objects.filter(pk=answer.pk).delete()


@transaction.atomic
def begin_profile(*, actor: User, answer: MappingAnswer) -> ExpertProfile:
    """Begin the actor's profile with what they answered; a profile that says something already is left as it is.

    Raises Conflict where there is one. Effects: those of ``save_identity``, ``save_languages`` and ``save_giving``,
    audit entry. The answers stay as they are, tied to no account.
    """
    profile = start_profile(actor=actor)
    if profile.state != ProfileState.DRAFT or profile.residence:
        raise Conflict(_("You have a profile already. It was not changed."))
    said = answer.answers
    residence = next(iter(said.get(RESIDENCE, ())), "")
    if residence and actor.full_name:
        profile = save_identity(
            actor=actor,
            profile=profile,
            full_name=actor.full_name,
            headline="",
            residence=residence,
            city="",
            origins=[str(answer.wave.country)],
        )
    if said.get("languages"):
        levels = [(code, LanguageLevel.B2.value) for code in said["languages"]]
        profile = save_languages(actor=actor, profile=profile, languages=levels[:10])
    kinds = [kind for kind in said.get("willing", ()) if kind in EngagementKind.values]
    if kinds:
        profile = save_giving(
            actor=actor,
            profile=profile,
            hours_per_month=HOURS.get(next(iter(said.get("hours", ())), ""), profile.hours_per_month),
            modalities=profile.modalities,
            kinds=kinds,
            capacity=profile.capacity,
            audience=profile.audience,
            time_zone=actor.time_zone,
            availability=(),
        )
    audit.record(actor=actor, verb="engagements.wave.profile_begun", obj=profile)
    return profile


def address_mark(wave: MappingWave, email: str) -> str:
    """Return what tells that an address has answered this wave, and nothing else to anybody; empty for none."""
    words = email.strip().lower()
    return salted_hmac(f"engagements.waves.{wave.pk}", words, algorithm="sha256").hexdigest()[:40] if words else ""


def _taking(wave: MappingWave) -> MappingWave:
    present = lock(wave)
    if not present.takes_answers:
        raise Conflict(_("This survey takes no answers today."))
    return present


def _checked(wave: MappingWave, given: Given) -> dict[str, Any]:
    """Return what is kept of what was sent: answers that the wave offers, and what was agreed to now."""
    agreed = [one for one in Purpose.values if one in given.agreed]
    if Purpose.RESULTS not in agreed:
        problem = _("We keep answers only of people who agree to it.")
        raise Invalid(problem, fields={"agreed": problem})
    offered = {question.code: question for question in questions_of(wave)}
    answers = {
        code: offered[code].kept(chosen) for code, chosen in given.answers.items() if code in offered and any(chosen)
    }
    answers = {code: chosen for code, chosen in answers.items() if chosen}
    if not answers:
        raise Invalid(_("Answer one question at least."))
    return {
        "answers": answers,
        "agreed": agreed,
        "consent_version": wave.consent_version,
        "agreed_at": timezone.now(),
    }


def _send_link(answer: MappingAnswer, email: str) -> None:
    """Let the mail with the link leave, unless it left often enough."""
    found = MappingAnswer.objects.filter(pk=answer.pk, mails__lt=MOST_MAILS)
    if found.update(email=email.strip(), **newly_due(timezone.now())):
        transaction.on_commit(lambda: poke(MAIL_SWEEP), robust=True)

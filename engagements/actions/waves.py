"""Prepare mapping waves, open and close them, and show their results to everybody.

draft ──► open ──► closed, by a coordinator or by the sweep after the last day. Closing counts once and for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_countries import countries

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.models import MappingWave
from engagements.queries.wave_results import count_results
from engagements.rules.reporting import can_report_on
from engagements.states.wave_questions import BANK
from engagements.states.waves import WAVE_TRANSITIONS, Asked, WaveState
from messaging.actions.pokes import poke

MOST_OWN, MOST_CHOICES = 3, 8
LONGEST_QUESTION, LONGEST_CHOICE = 140, 80
LONGEST_KEPT = timedelta(days=2 * 366)
ASK_SWEEP = "engagements.tasks.work_waves"


@dataclass(frozen=True)
class WaveValues:
    """What a wave is made of, as its form has it; an own question is (question, answers)."""

    title: str
    purpose: str
    legal_basis: str
    consent: str
    asks: Sequence[str]
    questions: Sequence[str]
    opens_on: date
    closes_on: date
    keep_until: date
    own_questions: Sequence[tuple[str, Sequence[str]]] = ()


@transaction.atomic
def draft_wave(*, actor: User, country: str, values: WaveValues) -> MappingWave:
    """Prepare a wave. Raises NotAllowed without the remit, Invalid. Effects: the wave, audit entry."""
    _require(actor, country)
    wave = MappingWave(country=country, created_by=actor)
    _write(wave, values)
    wave.save()
    audit.record(actor=actor, verb="engagements.wave.drafted", obj=wave, country=country)
    return wave


@transaction.atomic
def change_wave(*, actor: User, wave: MappingWave, values: WaveValues) -> MappingWave:
    """Change a wave that is being prepared. Raises NotAllowed, Conflict once it is open, Invalid.

    Effects: the wave, audit entry.
    """
    wave = _open_for(actor, wave, {WaveState.DRAFT})
    _write(wave, values)
    wave.save()
    audit.record(actor=actor, verb="engagements.wave.changed", obj=wave)
    return wave


@transaction.atomic
def open_wave(*, actor: User, wave: MappingWave) -> MappingWave:
    """Let people answer from the first day on, and tell those who are asked here.

    Raises NotAllowed, InvalidTransition, Invalid when the last day is over. Effects: state, who is to be told, audit
    entry, a poke after commit.
    """
    _require(actor, str(wave.country))
    if lock(wave).closes_on < timezone.now().date():
        raise Invalid(_("The last day is over. Choose a later one first."))
    tells = bool({Asked.EXPERTS, Asked.ASSOCIATIONS} & set(wave.asks))
    wave = advance(wave, WaveState.OPEN, WAVE_TRANSITIONS, asked_up_to=0 if tells else None)
    audit.record(actor=actor, verb="engagements.wave.opened", obj=wave)
    transaction.on_commit(lambda: poke(ASK_SWEEP), robust=True)
    return wave


@transaction.atomic
def amend_wave(*, actor: User, wave: MappingWave, consent: str, closes_on: date) -> MappingWave:
    """Change the last day of an open wave, or its consent text: who answered before keeps the text they agreed to.

    Raises NotAllowed, Conflict unless it is open, Invalid. Effects: the wave, audit entry.
    """
    wave = _open_for(actor, wave, {WaveState.OPEN})
    wave.closes_on = closes_on
    _check_days(wave)
    _agree_to(wave, consent)
    wave.save(update_fields=["closes_on", "consents"])
    audit.record(actor=actor, verb="engagements.wave.amended", obj=wave, consent=wave.consent_version)
    return wave


@transaction.atomic
def close_wave(*, actor: User | None, wave: MappingWave) -> MappingWave:
    """Take no more answers, and count those there are for ever; nobody for ``actor`` is the sweep.

    The lock makes answers on their way wait, and then find it closed. Raises NotAllowed, InvalidTransition.
    Effects: state, results, audit entry.
    """
    if actor is not None:
        _require(actor, str(wave.country))
    results = count_results(lock(wave))
    wave = advance(
        wave,
        WaveState.CLOSED,
        WAVE_TRANSITIONS,
        results=results,
        closed_at=timezone.now(),
        asked_up_to=None,
    )
    audit.record(actor=actor, verb="engagements.wave.closed", obj=wave, answers=results["answers"])
    return wave


@transaction.atomic
def show_wave(*, actor: User, wave: MappingWave, is_shown: bool) -> MappingWave:
    """Show the results to everybody, or no longer. Raises NotAllowed, Conflict unless closed. Effects: audit entry."""
    wave = _open_for(actor, wave, {WaveState.CLOSED})
    wave.shown_at = timezone.now() if is_shown else None
    wave.save(update_fields=["shown_at"])
    verb = "engagements.wave.shown" if is_shown else "engagements.wave.hidden"
    audit.record(actor=actor, verb=verb, obj=wave)
    return wave


def _require(actor: User, country: str) -> None:
    if not can_report_on(actor, country):
        raise NotAllowed(_("Only coordinators of the country run its surveys."))


def _open_for(actor: User, wave: MappingWave, states: set[WaveState]) -> MappingWave:
    _require(actor, str(wave.country))
    present = lock(wave)
    if present.state not in states:
        raise Conflict(_("This survey is “%(state)s” now. Reload the page.") % {"state": present.get_state_display()})
    return present


def _write(wave: MappingWave, values: WaveValues) -> None:
    wave.title, wave.purpose = " ".join(values.title.split()), values.purpose.strip()
    wave.legal_basis = values.legal_basis.strip()
    wave.asks = [one for one in Asked.values if one in values.asks]
    wave.questions = [code for code in BANK if code in values.questions]
    wave.own_questions = _own_questions(values.own_questions)
    wave.opens_on, wave.closes_on, wave.keep_until = values.opens_on, values.closes_on, values.keep_until
    _check_days(wave)
    problems = {
        "title": not wave.title,
        "purpose": not wave.purpose,
        "legal_basis": not wave.legal_basis,
        "asks": not wave.asks,
        "questions": not wave.questions,
    }
    if any(problems.values()):
        missing = _("This is missing.")
        raise Invalid(missing, fields={name: missing for name, is_missing in problems.items() if is_missing})
    wave.consents = []
    _agree_to(wave, values.consent)


def _agree_to(wave: MappingWave, text: str) -> None:
    """Put a consent text into force; one that is in force stays as it is."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid(_("The consent text is missing."), fields={"consent": _("Write what people agree to.")})
    if words != wave.consent_text:
        wave.consents = [*wave.consents, {"text": words, "since": timezone.now().isoformat()}]


def _check_days(wave: MappingWave) -> None:
    problems = {}
    if wave.closes_on < wave.opens_on:
        problems["closes_on"] = _("The last day comes before the first.")
    if wave.closes_on < timezone.now().date():
        problems["closes_on"] = _("Choose a day to come.")
    if wave.keep_until <= wave.closes_on:
        problems["keep_until"] = _("Choose a day after the last one.")
    elif wave.keep_until - wave.closes_on > LONGEST_KEPT:
        problems["keep_until"] = _("Answers are kept for two years at most.")
    if problems:
        raise Invalid(_("Some days do not fit."), fields=problems)


def _own_questions(asked: Sequence[tuple[str, Sequence[str]]]) -> list[dict[str, object]]:
    """Return own questions with their codes. Only lists of answers: what people write freely could name them."""
    problem = ""
    if len(asked) > MOST_OWN:
        problem = _("Three questions of your own at most.")
    for question, choices in asked:
        if len(question) > LONGEST_QUESTION or any(len(choice) > LONGEST_CHOICE for choice in choices):
            problem = _("A question has 140 characters at most, an answer 80.")
        if not 2 <= len(choices) <= MOST_CHOICES or len(set(choices)) < len(choices):
            problem = _("Give each question two to eight different answers, each on a line of its own.")
    if problem:
        raise Invalid(problem, fields={"own_questions": problem})
    return [
        {"code": f"own_{number}", "label": question, "choices": list(choices)}
        for number, (question, choices) in enumerate(asked, start=1)
    ]


def country_name(wave: MappingWave) -> str:
    """Return what the country of a wave is called."""
    return str(countries.name(str(wave.country)))

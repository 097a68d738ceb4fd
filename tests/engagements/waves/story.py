"""A survey of Tunisia's diaspora, prepared, open, and answered by as many as a test needs."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from engagements.actions.wave_answers import Given, give_answers
from engagements.actions.waves import WaveValues, close_wave, draft_wave, open_wave, show_wave
from engagements.models import MappingAnswer, MappingWave
from engagements.queries.waves import answer_token
from tests.world import World

CONSENT = "I agree that the ministry counts what I answer."


def today() -> date:
    return timezone.now().date()


def wave_values(**changes: Any) -> WaveValues:
    """Return what a wave is made of."""
    values: dict[str, Any] = {
        "title": "Who are we, and what would we do?",
        "purpose": "To build a programme that fits you.",
        "legal_basis": "The ministry is responsible; you agree to it.",
        "consent": CONSENT,
        "asks": ["link", "experts", "associations"],
        "questions": ["residence", "family", "willing", "languages", "hours", "visits"],
        "opens_on": today(),
        "closes_on": today() + timedelta(days=20),
        "keep_until": today() + timedelta(days=60),
        "own_questions": [("Which region are you from?", ["North", "South"])],
    }
    return WaveValues(**{**values, **changes})


def open_survey(world: World, **changes: Any) -> MappingWave:
    """Chidi has prepared and opened it."""
    wave = draft_wave(actor=world.chidi, country="TN", values=wave_values(**changes))
    return open_wave(actor=world.chidi, wave=wave)


def answer(
    wave: MappingWave, *, email: str = "", agreed: tuple[str, ...] = ("results",), **answers: Any
) -> MappingAnswer:
    """Somebody has answered."""
    chosen = {code: [value] if isinstance(value, str) else list(value) for code, value in answers.items()}
    return give_answers(wave=wave, given=Given(chosen, agreed, email), form_key=uuid4())


def answered_by(wave: MappingWave, count: int, **answers: Any) -> list[MappingAnswer]:
    """As many have answered the same."""
    return [answer(wave, **answers) for _ in range(count)]


def wave_things(world: World) -> dict[str, list[object]]:
    """Return what the addresses of surveys are asked for."""
    draft = draft_wave(actor=world.chidi, country="TN", values=wave_values())
    wave, closed = open_survey(world), closed_survey(world)
    token = answer_token(answer(wave, residence="FR"))
    shown = show_wave(actor=world.chidi, wave=closed_survey(world), is_shown=True)
    return {
        "wave-draft": [draft.reference],
        "wave": [wave.reference],
        "wave-opening": [draft.reference, "open"],
        "wave-closing": [wave.reference, "close"],
        "wave-closed": [closed.reference],
        "wave-closed-csv": [closed.reference, "csv"],
        "wave-shown": [shown.reference],
        "wave-shown-csv": [shown.reference, "csv"],
        "wave-token": [token],
    }


def closed_survey(world: World, **changes: Any) -> MappingWave:
    """Thirty-five have answered, and it is closed."""
    wave = open_survey(world, **changes)
    answered_by(wave, 21, residence="FR", family="health", willing=["training", "mentoring"])
    answered_by(wave, 12, residence="DE", family="ict", willing=["training"])
    answered_by(wave, 2, residence="TV", family="law", willing=["return"])
    return close_wave(actor=world.chidi, wave=wave)

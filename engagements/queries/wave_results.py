"""Count the answers of a mapping wave, once when it closes; the results are JSON as they are stored."""

from collections import Counter
from typing import Any

from engagements.models import MappingAnswer, MappingWave
from engagements.queries.indicators import UNKNOWN
from engagements.states.wave_questions import FAMILY, RESIDENCE


def count_results(wave: MappingWave) -> dict[str, Any]:
    """Return ``{"answers", "questions", "where"}`` of the answers there are now. Queries: 1.

    ``questions`` maps a code to how many answered it and, by answer, how many chose that. ``where`` are (country,
    field, number), everybody in one of them, ``unknown`` where they did not say.
    """
    answers = list(MappingAnswer.objects.filter(wave=wave).values_list("answers", flat=True))
    questions: dict[str, dict[str, Any]] = {}
    for code in [*wave.questions, *(own["code"] for own in wave.own_questions)]:
        given = [answer[code] for answer in answers if answer.get(code)]
        tally = Counter(choice for chosen in given for choice in chosen)
        questions[code] = {"answered": len(given), "by": dict(sorted(tally.items()))}
    places = Counter((_first(answer, RESIDENCE), _first(answer, FAMILY)) for answer in answers)
    where = [[*key, number] for key, number in sorted(places.items())]
    return {"answers": len(answers), "questions": questions, "where": where if RESIDENCE in wave.questions else []}


def _first(answer: dict[str, list[str]], code: str) -> str:
    return next(iter(answer.get(code, ())), UNKNOWN)

"""What pages of mapping waves show: how many have answered so far, and the results as a document."""

from dataclasses import dataclass

from engagements.models import MappingWave
from engagements.payloads.published_wave import Offered, PublishedWave, publish_wave
from engagements.queries.wave_results import count_results
from engagements.queries.waves import Asking, questions_of
from engagements.reports.document import Document
from engagements.reports.map_figures import map_figure
from engagements.reports.report_parts import Figure
from engagements.reports.wave_document import Question, Told, wave_document
from engagements.states.donor_reports import LEAST_PEOPLE, Readers
from engagements.states.wave_questions import RESIDENCE


@dataclass(frozen=True)
class Progress:
    """How a wave goes: about how many answers there are (None: fewer than can be told), and from which countries."""

    answers: int | None
    places: Figure | None


def progress_of(wave: MappingWave) -> Progress:
    """Return how many have answered so far, without small numbers, which coordinators need not know. Queries: 1."""
    k = LEAST_PEOPLE[Readers.DONORS]
    asked = {one.code: one for one in questions_of(wave)}
    numbers = publish_wave(count_results(wave), (), k)
    value = numbers.answers.value
    places = (
        map_figure(asked[RESIDENCE].label, numbers.where.homes, is_empty=value == 0) if RESIDENCE in asked else None
    )
    return Progress(None if value is None else int(value), places)


def results_document(wave: MappingWave, readers: Readers, other: MappingWave | None) -> Document:
    """Return what a closed wave found, in the active language. Queries: 0."""
    questions = questions_of(wave)
    told = Told(wave, _published(wave, questions, readers))
    beside = Told(other, _published(other, questions_of(other), readers)) if other is not None else None
    shown = [Question(one.code, one.label, one.choices, one.is_several) for one in questions]
    return wave_document(told, shown, readers, beside)


def _published(wave: MappingWave, questions: list[Asking], readers: Readers) -> PublishedWave:
    # Where people live is told by the map, and own questions of another wave are other questions.
    offered = [
        Offered(one.code, [code for code, _words in one.choices], one.is_several)
        for one in questions
        if one.code != RESIDENCE
    ]
    return publish_wave(wave.results or {}, offered, LEAST_PEOPLE[readers])

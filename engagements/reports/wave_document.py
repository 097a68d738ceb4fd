"""The results of a mapping wave as a document, beside those of another wave where that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django_countries import countries

from engagements.models import MappingWave
from engagements.payloads.numbers import Number
from engagements.payloads.published_wave import NO_ANSWER, PublishedWave
from engagements.reports.charts import Bar, bars
from engagements.reports.document import Document, Section, about_numbers
from engagements.reports.map_figures import COUNTED, families_figure, map_figure
from engagements.reports.number_words import UNKNOWN, Cell, category_label, number_cell, number_words
from engagements.reports.report_parts import Figure, Table
from engagements.states.donor_reports import Readers
from engagements.states.indicators import Breakdown
from engagements.states.wave_questions import BANK, FAMILY, RESIDENCE
from engagements.states.waves import DataType


@dataclass(frozen=True)
class Told:
    """A wave with its numbers for its readers."""

    wave: MappingWave
    numbers: PublishedWave

    @property
    def days(self) -> str:
        """Return from when to when people were asked."""
        first, last = date_format(self.wave.opens_on), date_format(self.wave.closes_on)
        return _("%(first)s to %(last)s") % {"first": first, "last": last}


@dataclass(frozen=True)
class Question:
    """A question as its section tells it: code, words, answers with their words, and whether several were possible."""

    code: str
    label: str
    choices: Sequence[tuple[str, str]]
    is_several: bool


def wave_document(told: Told, questions: Sequence[Question], readers: Readers, other: Told | None = None) -> Document:
    """Return the results for their readers, in the active language; ``other`` stands beside them in the tables."""
    is_rtl = get_language_bidi()
    sections = _where(told, questions, is_rtl=is_rtl)
    is_mapped = bool(sections)
    for asking in questions:
        if asking.code != RESIDENCE and not (asking.code == FAMILY and is_mapped):
            figure = _question(asking, told, other, is_rtl=is_rtl)
            sections.append(Section(asking.label, figure=figure))
    answers = told.numbers.answers
    facts = [str(countries.name(str(told.wave.country))), told.days]
    if answers.value is not None:
        words = ngettext("about %(number)s answer", "about %(number)s answers", int(answers.value))
        facts.append(words % {"number": int(answers.value)})
    if other is not None:
        facts.append(_("beside “%(title)s”, %(days)s") % {"title": other.wave.title, "days": other.days})
    return Document(
        title=told.wave.title,
        facts=(*facts, str(readers.label)),
        sections=tuple(sections),
        about=(
            told.wave.purpose,
            _("Who answered chose to: the numbers tell of them, not of everybody from the country."),
            *about_numbers(readers, is_kept=True),
        ),
        definitions=_definitions(questions),
        details=(),
        is_rtl=is_rtl,
    )


def _definitions(questions: Sequence[Question]) -> Table:
    """Return what was asked, by data type."""
    rows = []
    for data_type in DataType:
        asked = [one.label for one in questions if one.code in BANK and BANK[one.code].data_type == data_type]
        if asked:
            rows.append((str(data_type.label), " · ".join(asked)))
    return Table(_("Definitions"), (_("Data type"), _("Asked")), tuple(rows))


def _where(told: Told, questions: Sequence[Question], *, is_rtl: bool) -> list[Section]:
    """Return the map, and fields by region; nothing where nobody was asked where they live."""
    where, asked = told.numbers.where, {one.code: one for one in questions}
    if RESIDENCE not in asked:
        return []
    placed = map_figure(asked[RESIDENCE].label, where.homes, is_empty=told.numbers.answers.value == 0, is_rtl=is_rtl)
    sections = [Section(asked[RESIDENCE].label, figure=placed)]
    if FAMILY in asked:
        names = {**dict(asked[FAMILY].choices), UNKNOWN: _("No answer")}
        heading = str(Breakdown.RESIDENCE.label)
        figure = families_figure(
            where.families,
            names,
            lambda region: category_label(Breakdown.RESIDENCE, region),
            heading,
            title=asked[FAMILY].label,
            is_rtl=is_rtl,
        )
        sections.append(Section(asked[FAMILY].label, figure=figure))
    return sections


def _question(asking: Question, told: Told, other: Told | None, *, is_rtl: bool) -> Figure:
    numbers = told.numbers.questions.get(asking.code, {})
    choices = [*asking.choices, *([] if asking.is_several else [(NO_ANSWER, _("No answer"))])]
    before: Mapping[str, Number] | None = other.numbers.questions.get(asking.code) if other else None
    headings = [_("Answer"), _("People")]
    if other is not None:
        headings.append(other.wave.title)
    rows: list[tuple[Cell, ...]] = []
    for code, words in choices:
        row: list[Cell] = [words, _cell(numbers.get(code))]
        if other is not None:
            row.append(_cell(before.get(code)) if before is not None else _("not asked"))
        rows.append(tuple(row))
    # What nobody chose stands in the table; a small number that is left out is drawn as its words.
    drawn = [
        Bar(words, numbers[code].value, number_words(COUNTED, numbers[code]))
        for code, words in choices
        if code in numbers and numbers[code].value != 0
    ]
    table = Table(asking.label, tuple(headings), tuple(rows))
    summary = "; ".join(f"{bar.label}: {bar.words}" for bar in drawn)
    note = _("Several answers were possible.") if asking.is_several else ""
    return Figure(asking.code, table, bars(asking.label, summary, drawn, is_rtl=is_rtl) if drawn else None, note)


def _cell(number: Number | None) -> Cell:
    return _("not asked") if number is None else number_cell(COUNTED, number)

"""A report as sections, in the reader's language; pages, PDF, sheets and archives are written from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django_countries import countries

from engagements.models import DonorReport
from engagements.reports.figures import figure_of
from engagements.reports.number_words import Cell
from engagements.reports.pictures import Picture
from engagements.reports.report_parts import Figure, Measured, Table, breakdown_tables, indicator_table
from engagements.states.donor_reports import LEAST_PEOPLE, BlockKind, Readers
from engagements.states.indicators import INDICATORS

# The same report is the same file, whenever it is made.
MADE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Section:
    """One block of a report: a heading, then whichever of the others it has."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table: Table | None = None
    figure: Figure | None = None
    picture: Picture | None = None


@dataclass(frozen=True)
class Document:
    """A whole report; ``facts`` are the lines beneath its title: about what, when, for whom."""

    title: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    about: tuple[str, ...]
    definitions: Table
    details: tuple[Table, ...]
    is_rtl: bool
    logos: tuple[Picture, ...] = ()

    @property
    def figures(self) -> list[Figure]:
        """Return the charts, in order."""
        return [section.figure for section in self.sections if section.figure is not None]


def make_document(
    report: DonorReport,
    measured: Measured,
    readers: Readers,
    photos: Mapping[str, Picture] | None = None,
    logos: Sequence[Picture] = (),
) -> Document:
    """Return the report for its readers, in the active language; ``photos`` are by reference."""
    is_rtl = get_language_bidi()
    about = about_numbers(readers, is_kept=report.period is not None)
    return Document(
        title=report.title,
        facts=facts_of(report, readers),
        sections=tuple(_section(block, measured, about, photos or {}, is_rtl=is_rtl) for block in report.blocks),
        about=about,
        definitions=definition_table(report),
        details=tuple(breakdown_tables(measured)),
        is_rtl=is_rtl,
        logos=tuple(logos),
    )


def facts_of(report: DonorReport, readers: Readers) -> tuple[str, ...]:
    """Return about whom and when a report is, when its numbers were kept, and for whom it is."""
    period = report.period
    whom = report.programme.name if report.programme else str(countries.name(report.country))
    when = _("Numbers of today, which can still change")
    if period is not None:
        when = _("%(first)s to %(last)s, numbers kept on %(day)s") % {
            "first": date_format(period.starts_on),
            "last": date_format(period.ends_on),
            "day": date_format(period.closed_at),
        }
    return (whom, when, str(readers.label))


def about_numbers(readers: Readers, *, is_kept: bool) -> tuple[str, ...]:
    """Return how the numbers came about and what is not shown, in sentences."""
    sentences = [
        _("People are counted once within a number. Days begin and end in universal time."),
        _("“not collected” means that nobody asks for it yet; it is never a nought."),
    ]
    k = LEAST_PEOPLE[readers]
    if k > 1:
        sentences.append(
            _(
                "Numbers of fewer than %(k)s people are not shown, and neither are others from which such a number "
                "could be worked out. Hours are not shown where fewer than %(k)s experts gave them. Numbers of how "
                "things stand are rounded to multiples of %(k)s."
            )
            % {"k": k}
        )
        sentences.append(_("“So far” adds up what was shown of this and earlier periods: at least so much."))
    else:
        sentences.append(_("These numbers are for coordinators: some stand for a few people. Do not pass them on."))
    if is_kept:
        sentences.append(_("The numbers were kept when the period was closed, and never change."))
    return tuple(sentences)


def definition_table(report: DonorReport) -> Table:
    """Return what each indicator counts, from what, and in which version.

    Of a closed period, the words that held when it was closed: those of today, in the reader's language, where they
    are still the same version, and else the English ones that were kept.
    """
    kept = report.period.definitions if report.period is not None else {}
    rows: list[tuple[Cell, ...]] = []
    for code, one in INDICATORS.items():
        words = kept.get(code)
        if words is None or words["version"] == one.version:
            rows.append((str(one.label), str(one.definition), str(one.source), code, one.version))
        else:
            rows.append((words["label"], words["definition"], words["source"], code, words["version"]))
    headings = (_("Indicator"), _("Definition"), _("Counted from"), _("Code"), _("Version"))
    return Table(_("Definitions"), headings, tuple(rows))


def _section(
    block: dict[str, str],
    measured: Measured,
    about: Sequence[str],
    photos: Mapping[str, Picture],
    *,
    is_rtl: bool,
) -> Section:
    kind, heading = BlockKind(block["kind"]), block["heading"]
    lines = tuple(line.strip() for line in block["text"].splitlines() if line.strip())
    if kind == BlockKind.TEXT:
        return Section(heading, paragraphs=lines)
    if kind == BlockKind.STORY:
        return Section(heading, paragraphs=lines, picture=photos.get(block.get("picture", "")))
    if kind == BlockKind.ANNEXES:
        named = (
            _("Annex %(number)s: %(title)s") % {"number": place, "title": one} for place, one in enumerate(lines, 1)
        )
        return Section(heading or _("Annexes"), items=tuple(named))
    if kind == BlockKind.NOTES:
        return Section(heading, items=lines)
    if kind == BlockKind.INDICATORS:
        table = indicator_table(measured)
        return Section(heading or table.title, paragraphs=lines, table=table)
    if kind == BlockKind.CHART:
        figure = figure_of(block["chart"], measured, is_rtl=is_rtl)
        return Section(heading or figure.table.title, paragraphs=lines, figure=figure)
    return Section(heading or str(kind.label), paragraphs=(*lines, *about))

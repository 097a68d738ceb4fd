"""The map and its tables as a document of its own, for the same files that reports have."""

from collections.abc import Sequence

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from engagements.reports.document import Document, Section, about_numbers
from engagements.reports.map_figures import COUNTED, disclaimer
from engagements.reports.report_parts import Figure, Table
from engagements.states.donor_reports import Readers


def map_document(facts: Sequence[str], figures: Sequence[Figure], readers: Readers) -> Document:
    """Return the map with its tables for its readers, in the active language."""
    definition = (str(COUNTED.label), str(COUNTED.definition), str(COUNTED.source), COUNTED.code, COUNTED.version)
    headings = (_("Indicator"), _("Definition"), _("Counted from"), _("Code"), _("Version"))
    is_public = readers == Readers.PUBLIC
    return Document(
        title=_("Where experts live"),
        facts=(*facts, str(readers.label)),
        sections=tuple(Section(figure.table.title, figure=figure) for figure in figures),
        about=(*about_numbers(readers, is_kept=is_public), disclaimer()),
        definitions=Table(_("Definitions"), headings, (definition,) if is_public else ()),
        details=(),
        is_rtl=get_language_bidi(),
    )

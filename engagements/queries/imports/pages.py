"""Read imports for their pages; outside a coordinator's countries there are none."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.references import first_or_404
from engagements.models import Import, ImportRow, ImportWord, ListedPerson
from engagements.states.imports import ImportState, ListedState, RowState

ROWS_PER_PAGE, WORDS_PER_PAGE = 50, 40
UNDECIDED = Q(skills=[], code="", is_left_out=False)


def visible_imports(viewer: User) -> QuerySet[Import]:
    """Return the imports of the viewer's countries, latest first, with who brought them. Queries: 1 when built."""
    countries = sorted(remit_countries(viewer))
    return Import.objects.filter(country__in=countries).select_related("brought_by")


def get_import(viewer: User, reference: str) -> Import:
    """Return an import of the viewer's countries. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_imports(viewer).filter(reference=reference))


@dataclass(frozen=True)
class Counts:
    """How many rows of an import are in each state, and how many words and people wait; ``unreached`` got no mail."""

    rows: Counter[str]
    undecided: int = 0
    confirmed: int = 0
    waiting: int = 0
    unreached: int = 0

    @property
    def total(self) -> int:
        """Return how many rows the file has."""
        return self.rows.total()

    @property
    def looked_at(self) -> int:
        """Return how many rows have been checked."""
        return self.total - self.rows[RowState.READ]

    @property
    def worked(self) -> int:
        """Return how many rows have been imported, changed or left."""
        return sum(self.rows[state] for state in (RowState.MADE, RowState.CHANGED, RowState.SKIPPED))

    @property
    def taken_back(self) -> int:
        """Return how many rows have been taken back or kept."""
        return self.rows[RowState.UNDONE] + self.rows[RowState.KEPT]


def counts_of(run: Import) -> Counts:
    """Return how far an import is. Queries: 3."""
    by_state = ImportRow.objects.filter(run=run).order_by().values_list("state").annotate(count=Count("pk"))
    is_waiting = Q(state=ListedState.WAITING)
    people = ListedPerson.objects.filter(run=run).aggregate(
        confirmed=Count("pk", filter=Q(state=ListedState.CONFIRMED)),
        waiting=Count("pk", filter=is_waiting),
        unreached=Count("pk", filter=is_waiting & Q(failed_at__isnull=False)),
    )
    undecided = ImportWord.objects.filter(UNDECIDED, run=run).count()
    return Counts(Counter(dict(by_state)), undecided, **people)


def rows_to_show(run: Import, state: str) -> QuerySet[ImportRow]:
    """Return the rows in a state, by line; for an unknown state those with something to say about."""
    rows = ImportRow.objects.filter(run=run)
    if state in RowState.values:
        return rows.filter(state=state)
    return rows.exclude(problems=[]) if run.state in {ImportState.CHECKED, ImportState.MAPPING} else rows


def faulty_rows(run: Import) -> QuerySet[ImportRow]:
    """Return the rows that cannot be imported, by line."""
    return ImportRow.objects.filter(run=run, state=RowState.FAULTY)


def words_to_decide(run: Import) -> QuerySet[ImportWord]:
    """Return the words that mean nothing yet, those of the most rows first."""
    return ImportWord.objects.filter(UNDECIDED, run=run)


def same_file_before(run: Import) -> Import | None:
    """Return the latest import of the same rows that was run and not taken back, or None. Queries: 1."""
    done = Import.objects.filter(
        file_hash=run.file_hash, noun=run.noun, country=run.country, sheet=run.sheet, state=ImportState.DONE
    )
    return done.exclude(pk=run.pk).first()


def remembered_columns(run: Import) -> Import | None:
    """Return the latest import of the country whose file had the same headings and whose columns were named, or None.

    Queries: 1.
    """
    same = Import.objects.filter(country=run.country, noun=run.noun, headings=run.headings)
    return same.exclude(pk=run.pk).exclude(state=ImportState.MAPPING).order_by("-pk").first()

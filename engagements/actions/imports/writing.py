"""Import the rows that are ready, a batch at a time: one transaction for what they make and what came of each."""

from collections.abc import Callable, Sequence

from django.db import connection

from diaspora_net.core import audit
from engagements.actions.imports.experts import write_experts
from engagements.actions.imports.needs import write_needs
from engagements.actions.imports.organisations import write_organisations
from engagements.actions.imports.programmes import write_programmes
from engagements.actions.imports.writer import NoLongerAllowed
from engagements.models import Import, ImportRow
from engagements.queries.imports.twins import here_already
from engagements.states.imports import ImportNoun, RowState, Twins

__all__ = ["BATCH", "NoLongerAllowed", "write_some"]

BATCH = 500
DONE = ["state", "thing", "before", "reason"]
_WRITERS: dict[str, Callable[[Import, Sequence[ImportRow]], None]] = {
    ImportNoun.EXPERTS: write_experts,
    ImportNoun.ORGANISATIONS: write_organisations,
    ImportNoun.NEEDS: write_needs,
    ImportNoun.PROGRAMMES: write_programmes,
}


def write_some(run: Import) -> bool:
    """Import the next batch of rows; say whether there was none left. The caller holds the import's lock.

    What has become a twin since the check is treated as one. Effects: what the rows make, an audit entry each, what
    came of each. Queries: about 15 for 500 rows.
    """
    states = [RowState.READY, *([RowState.TWIN] if run.twins == Twins.UPDATE else [])]
    waiting = ImportRow.objects.filter(run=run, state__in=states).exclude(state=RowState.TWIN, reason="taken_over")
    batch = list(waiting.order_by("number")[:BATCH])
    if not batch:
        return True
    with connection.cursor() as cursor:
        # Two imports of the same country never look for twins at the same time.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{run.noun}:{run.country}"])
    here = here_already(run, {row.key for row in batch})
    for row in batch:
        twin = here.twins.get(row.key)
        if row.key in here.refused:
            row.state, row.reason = RowState.SKIPPED, "refused_lists"
        elif twin is None:
            row.state, row.thing = RowState.READY, None
        elif run.twins == Twins.UPDATE and twin.is_open:
            row.state, row.thing = RowState.TWIN, twin.pk
        else:
            row.state, row.thing, row.reason = RowState.SKIPPED, twin.pk, "twin" if twin.is_open else "taken_over"
    with audit.through(f"import:{run.reference}"):
        _WRITERS[run.noun](run, [row for row in batch if row.state != RowState.SKIPPED])
    ImportRow.objects.bulk_create(
        batch, update_conflicts=True, unique_fields=["run", "number"], update_fields=DONE, batch_size=BATCH
    )
    return False

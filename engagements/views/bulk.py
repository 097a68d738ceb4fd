"""Acts on many rows of the pipeline: choose, read what would happen, do it, and see what came of each."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import colleagues_of, remit_countries
from diaspora_net.core.errors import Invalid
from engagements.actions.bulk import ask_bulk
from engagements.forms.bulk import BulkForm
from engagements.queries import bulk as queries
from engagements.states.bulk import ACTS_OF, BulkAct
from engagements.views.pipeline import filter_form


@signed_in
@require_POST
def bulk_new(request: SignedInRequest) -> HttpResponse:
    """Say what an act would do with the chosen rows; with ``do`` in the form it is asked for."""
    countries = remit_countries(request.user)
    filters = filter_form(request, countries).filters()
    references = None if "all" in request.POST else request.POST.getlist("row")
    rows = queries.chosen_rows(request.user, countries, filters, references)
    act = request.POST.get("act", "")
    if problem := _problem(act, filters.of, len(rows)):
        raise Invalid(problem)
    found = queries.preview(act, rows)
    is_asked = "do" in request.POST
    form = BulkForm(request.POST if is_asked else None, act=act, colleagues=colleagues_of(countries))
    if is_asked and form.is_valid() and found.ready:
        run = ask_bulk(actor=request.user, act=act, rows=found.ready, values=form.values())
        return redirect("engagements:bulk", reference=run.reference)
    context = {
        "act": act,
        "label": BulkAct(act).label,
        "found": found,
        "form": form,
        "query": request.GET.urlencode(),
        "references": references,
    }
    return render(request, "engagements/bulk_new.html", context, status=422 if form.errors else 200)


def _problem(act: str, of: str, count: int) -> str:
    """Return what is wrong with a choice of rows, empty when nothing is."""
    if act not in ACTS_OF[of]:
        return _("Choose what to do with the rows you ticked.")
    if not count:
        return _("Tick at least one row.")
    if count > queries.MOST_ROWS:
        return _("These are more than %(limit)d rows. Narrow the view first.") % {"limit": queries.MOST_ROWS}
    return ""


@signed_in
def bulk(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show how far an act on many rows has come, and what came of each."""
    progress = queries.progress_of(queries.get_run(request.user, reference))
    is_part = bool(request.headers.get("HX-Request"))
    return render(
        request, "engagements/bulk_progress.html" if is_part else "engagements/bulk.html", {"progress": progress}
    )

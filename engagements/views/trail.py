"""The audit trail: what coordinators did, for their colleagues and for the person it was about."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import colleagues_of, remit_countries
from diaspora_net.core.forms import filter_chips
from engagements.actions.exports import note_export
from engagements.forms.trail import TrailForm
from engagements.queries import trail as queries
from engagements.reports.sheet import csv_file

PER_PAGE = 25


def _form(request: SignedInRequest) -> TrailForm:
    countries = remit_countries(request.user)
    if not countries:
        raise Http404
    return TrailForm(request.GET or None, colleagues=colleagues_of(countries))


@signed_in
def trail(request: SignedInRequest) -> HttpResponse:
    """Show what coordinators did in the viewer's countries, filtered by the address."""
    form = _form(request)
    filters = form.filters()
    page = Paginator(queries.trail(request.user, filters), PER_PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    query = parameters.urlencode()
    context = {
        "form": form,
        "chips": filter_chips(form, request.GET),
        "clear_url": reverse("engagements:trail"),
        "page": page,
        "acts": queries.acts_in_words(page.object_list),
        "query": query,
        "query_and": f"{query}&" if query else "",
    }
    return render(request, "engagements/trail.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def trail_file(request: SignedInRequest) -> HttpResponse:
    """Give the acts that the address asks for as a file; that it was taken stands in the trail itself."""
    entries = queries.trail(request.user, _form(request).filters())[: queries.MOST_IN_FILE]
    acts = queries.acts_in_words(entries)
    note_export(actor=request.user, of="trail", count=len(acts))
    headings = [_("When (UTC)"), _("Done by"), _("Kind"), _("What"), _("Done"), _("Before and after"), _("Code")]
    rows = [
        (
            f"{act.when:%Y-%m-%d %H:%M:%S}",
            act.who,
            act.kind,
            act.title,
            act.done,
            "; ".join(f"{one.name}: {one.before} → {one.after}" for one in act.changes),
            act.verb,
        )
        for act in acts
    ]
    answer = HttpResponse(csv_file(headings, rows, language=get_language() or "en"), content_type="text/csv")
    day = timezone.localdate(timezone=request.user.zone)
    answer["Content-Disposition"] = f'attachment; filename="acts-{day}.csv"'
    return answer


@signed_in
def own_trail(request: SignedInRequest) -> HttpResponse:
    """Show people what coordinators did about them."""
    page = Paginator(queries.acts_about(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "acts": queries.acts_in_words(page.object_list)}
    return render(request, "engagements/own_trail.html", context)

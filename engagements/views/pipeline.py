"""The pipeline: one filtered queryset as table, board, calendar or file, and the moves of its rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel import Locale
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import colleagues_of, remit_countries
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems, filter_chips
from engagements.actions import moves as actions
from engagements.actions.exports import note_export
from engagements.forms.pipeline import MoveForm, PipelineForm
from engagements.queries import pipeline as queries
from engagements.queries.pipeline_rows import Row, board, calendar, moves_of, rows_in_words
from engagements.queries.pipeline_views import address_of, filters_of, ready_views, visible_views
from engagements.queries.watching import get_need_to_check, get_proposal_to_watch
from engagements.reports.sheet import csv_file
from engagements.states.bulk import ACTS_OF
from engagements.states.pipeline import PipelineOf
from engagements.views.casework import back_to

ROWS_PER_PAGE = 25
MOST_IN_FILE = 10_000
LOOKS = ("table", "board", "calendar")


def filter_form(request: SignedInRequest, countries: frozenset[str]) -> PipelineForm:
    """Return the filters that the address asks for."""
    return PipelineForm(
        request.GET or None,
        of=request.GET.get("of", ""),
        remit=countries,
        colleagues=colleagues_of(countries),
        residences=queries.residences(countries),
        programmes=queries.programmes_in_use(countries),
    )


@signed_in
def pipeline(request: SignedInRequest) -> HttpResponse:
    """Show the proposals and engagements, needs or institutions of one's countries, filtered by the address."""
    countries = remit_countries(request.user)
    form = filter_form(request, countries)
    filters = form.filters()
    rows = queries.rows_of(request.user, countries, filters)
    look = look_of(request)
    context = {
        "views": _views(request, filters, look),
        "form": form,
        "of": filters.of,
        "look": look,
        "chips": filter_chips(form, request.GET),
        "kinds": _switch(request, "of", PipelineOf.choices, filters.of, drop=("step", "kind", "page")),
        "looks": _switch(request, "as", _looks(), look, drop=("page", "month")),
        "acts": ACTS_OF[filters.of],
        "here": request.get_full_path(),
        "query": (query := _address(request, page=None)),
        "query_and": f"{query}&" if query else "",
        "clear_url": f"{reverse('engagements:pipeline')}?of={filters.of}&as={look}",
        **_shown(request, rows, look),
    }
    return render(request, "engagements/pipeline.html", context)


def look_of(request: SignedInRequest) -> str:
    """Return how the address asks to show the rows; a table unless it says otherwise."""
    look = request.GET.get("as", "")
    return look if look in LOOKS else LOOKS[0]


def _views(request: SignedInRequest, filters: queries.PipelineFilters, look: str) -> list[dict[str, Any]]:
    """Return the views everybody has and those that are saved, as links; the one that is shown is marked."""
    views = [(name, asked, look) for name, asked in ready_views()]
    views += [(view.name, filters_of(view), view.look) for view in visible_views(request.user)]
    return [
        {"label": name, "url": address_of(asked, look), "is_current": asked == filters} for name, asked, look in views
    ]


def _looks() -> list[tuple[str, str]]:
    return [("table", _("Table")), ("board", _("Board")), ("calendar", _("Calendar"))]


def _shown(request: SignedInRequest, rows: Any, look: str) -> dict[str, Any]:
    if look == "board":
        columns = board(rows)
        return {"columns": columns, "count": sum(column.count for column in columns)}
    if look == "calendar":
        first = _month(request.GET.get("month", ""), timezone.localdate(timezone=request.user.zone))
        week_begins = Locale.parse(get_language() or "en", sep="-").first_week_day
        shown = calendar(rows, first, request.user, week_begins=week_begins)
        before, after = first - timedelta(days=1), first + timedelta(days=31)
        return {
            "calendar": shown,
            "count": shown.count,
            "newer_url": "?" + _address(request, month=f"{before:%Y-%m}"),
            "older_url": "?" + _address(request, month=f"{after:%Y-%m}"),
        }
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows": rows_in_words(page.object_list), "count": page.paginator.count}


def _month(asked: str, today: date) -> date:
    """Return the first day of the month that an address asks for, else of this one."""
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        return today.replace(day=1)


def _address(request: SignedInRequest, **changes: str | None) -> str:
    """Return the parameters of the page with ``changes``; None takes one away."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    return parameters.urlencode()


def _switch(
    request: SignedInRequest, name: str, choices: Sequence[tuple[str, Any]], now: str, *, drop: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the choices of one parameter as links that keep the others but those that no longer fit."""
    without = dict.fromkeys(drop)
    return [
        {"label": label, "url": "?" + _address(request, **{**without, name: value}), "is_current": value == now}
        for value, label in choices
    ]


@signed_in
@require_POST
def pipeline_file(request: SignedInRequest) -> HttpResponse:
    """Give the rows of the present view as a file; that it was taken stands in the audit trail."""
    countries = remit_countries(request.user)
    filters = filter_form(request, countries).filters()
    rows = rows_in_words(queries.rows_of(request.user, countries, filters)[:MOST_IN_FILE])
    note_export(actor=request.user, of=filters.of, count=len(rows))
    headings = (
        [_("Institution"), _("Kind")] if filters.of == PipelineOf.ORGANISATIONS else [_("Need"), _("Institution")]
    )
    headings += [_("Country"), _("Expert"), _("Step"), _("State"), _("Looked after by")]
    headings += [_("Since"), _("Days"), _("Target"), _("Hours")]
    answer = HttpResponse(
        csv_file(headings, map(_cells, rows), language=get_language() or "en"), content_type="text/csv"
    )
    day = timezone.localdate(timezone=request.user.zone)
    answer["Content-Disposition"] = f'attachment; filename="pipeline-{filters.of}-{day}.csv"'
    return answer


def _cells(row: Row) -> tuple[object, ...]:
    who = (row.title, row.organisation, row.country, row.person)
    where = (row.step_label, row.state_label, row.owner, row.since.date().isoformat())
    return (*who, *where, row.days, row.target or "", row.hours)


@signed_in
def pipeline_move(request: SignedInRequest, of: str, reference: str) -> HttpResponse:
    """Move one row; what somebody else moved meanwhile is shown with who did, and nothing typed is lost."""
    is_need = of == PipelineOf.NEEDS
    row = (get_need_to_check if is_need else get_proposal_to_watch)(request.user, reference)
    state, choices = moves_of(row)
    if request.method != "POST":
        return _move_page(request, row, MoveForm(of=of, moves=choices, initial={"seen": state}))
    form = MoveForm(request.POST, of=of, moves=choices)
    status = 422
    try:
        actions.require_seen(row, request.POST.get("seen", ""))
        if form.is_valid():
            _move(request, row, form.cleaned_data, is_need=is_need)
            messages.success(request, _("Done: “%(title)s”.") % {"title": _title(row)})
            return redirect(back_to(request, f"/desk/pipeline/?of={of}") + f"#{of}-{reference}")
    except (Invalid, Conflict) as error:
        row.refresh_from_db()
        state, choices = moves_of(row)
        # What was typed stays; the next press is about what it is now.
        form = MoveForm({**request.POST.dict(), "seen": state}, of=of, moves=choices)
        form.full_clean()
        add_problems(form, error)
        status = error.status
    return _move_page(request, row, form, status=status)


def _title(row: Any) -> str:
    need = getattr(row, "need", row)
    return str(need.title)


def _move_page(request: SignedInRequest, row: Any, form: MoveForm, status: int = 200) -> HttpResponse:
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    context = {"form": form, "title": _title(row), "next": asked, "form_errors": status != 200}
    return render(request, "engagements/pipeline_move.html", context, status=status)


def _move(request: SignedInRequest, row: Any, given: dict[str, Any], *, is_need: bool) -> None:
    """Do what the form asks for."""
    common = {"actor": request.user, "move": given["move"], "seen": given["seen"]}
    if is_need:
        actions.move_need(need=row, result=given.get("result", ""), **common)
    else:
        actions.move_work(proposal=row, reason=given.get("reason", ""), **common)

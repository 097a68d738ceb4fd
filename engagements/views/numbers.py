"""The coordinator's numbers: every indicator with its definition, the funnel, and closing a period."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions.periods import close_period
from engagements.forms.donor_reports import PeriodForm
from engagements.queries import donor_reports as queries
from engagements.queries.counted_rows import Period
from engagements.reports.figures import figure_of
from engagements.reports.report_parts import Measured, breakdown_tables
from engagements.states.donor_reports import Chart


@signed_in
def numbers(request: SignedInRequest) -> HttpResponse:
    """Show the numbers of a country or a programme, of this year so far unless the address says otherwise."""
    remit, programmes = queries.scopes_of(request.user)
    form = PeriodForm(request.GET or None, remit=remit, programmes=programmes)
    if not request.GET:
        period = queries.current_period(None)
        form = PeriodForm(
            {"about": min(remit), "starts_on": period.starts_on, "ends_on": period.ends_on},
            remit=remit,
            programmes=programmes,
        )
    return _numbers_page(request, form)


def _numbers_page(
    request: SignedInRequest, form: PeriodForm, closing: PeriodForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "engagements/numbers.html", context, status=422)
    country, programme = form.scope()
    period = Period(form.cleaned_data["starts_on"], form.cleaned_data["ends_on"])
    measured = queries.count_now(country, programme, period)
    coming = queries.next_period(country, programme)
    about = form.cleaned_data["about"]
    context |= {
        "lines": _lines(measured),
        "funnel": figure_of(Chart.FUNNEL, measured, is_rtl=get_language_bidi()),
        "breakdowns": [table for table in breakdown_tables(measured) if table.rows],
        "periods": queries.periods_of(country, programme),
        "closing": closing
        or PeriodForm(
            initial={"about": about, "starts_on": coming.starts_on, "ends_on": coming.ends_on},
            remit=frozenset({country}),
            programmes=[programme] if programme else [],
            auto_id="close_%s",
        ),
        "about": about,
        "period": period,
    }
    return render(request, "engagements/numbers.html", context, status=status)


def _lines(measured: Measured) -> list[dict[str, Any]]:
    """Return each indicator with its number in words and its target."""
    return [
        {"line": line, "target": target["number"] if (target := measured.target(code)) else None}
        for code, line in measured.figures.lines.items()
    ]


@signed_in
@require_POST
def period_close(request: SignedInRequest) -> HttpResponse:
    """Keep the numbers of a period for ever."""
    remit, programmes = queries.scopes_of(request.user)
    form = PeriodForm(request.POST, remit=remit, programmes=programmes, auto_id="close_%s")
    if form.is_valid():
        country, programme = form.scope()
        days = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
        try:
            close_period(actor=request.user, country=country, programme=programme, **days)
        except Invalid as error:
            add_problems(form, error)
        except Conflict as error:
            form.add_error("starts_on", error.message)
        else:
            messages.success(request, _("The period is closed. Its numbers stay as they are."))
            return redirect("engagements:donor-reports")
    period = queries.current_period(None)
    asked = {"about": request.POST.get("about"), "starts_on": period.starts_on, "ends_on": period.ends_on}
    shown = PeriodForm(asked, remit=remit, programmes=programmes)
    return _numbers_page(request, shown, closing=form, status=422)

"""The skills-gap board: what is asked for, offered and passed on in a coordinator's countries."""

from collections.abc import Collection
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.forms import filter_chips
from engagements.forms.gaps import GapForm
from engagements.payloads.quarters import quarter_name
from engagements.queries.foreseen import Timeline, timeline
from engagements.queries.gap_groups import gap_groups
from engagements.queries.gaps import Gap, GapFilters, skill_gaps
from engagements.queries.skills_rounds import results_of
from engagements.reports.charts import Drawing, Pair, Row, dumbbells, stacked
from engagements.states.anticipation import Certainty

MOST_DRAWN, SKILLS_PER_PAGE = 10, 12


@signed_in
def gaps(request: SignedInRequest) -> HttpResponse:
    """Show where people are missing most, as a chart and a table with a way to act for each skill."""
    countries = remit_countries(request.user)
    if not countries:
        raise Http404
    form = GapForm(request.GET or None, remit=countries)
    filters, language = form.filters(), get_language() or "en"
    found = skill_gaps(countries, filters, language=language)
    short = [gap for gap in found if gap.short > 0]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "chips": filter_chips(form, request.GET),
        "clear_url": reverse("engagements:gaps"),
        "page": Paginator(found, SKILLS_PER_PAGE).get_page(request.GET.get("page")),
        "query": f"{query.urlencode()}&" if query else "",
        "country": filters.country,
        "short": short,
        "chart": _chart(short[:MOST_DRAWN]) if short else None,
        "groups": _groups(countries, filters),
        "results": results_of(countries, filters, language=language),
        **_foreseen(timeline(countries, filters, language=language)),
    }
    return render(request, "engagements/gaps.html", context, status=422 if form.errors else 200)


def _groups(countries: Collection[str], filters: GapFilters) -> list[dict[str, Any]]:
    by_country, by_language = gap_groups(countries, filters)
    named = ((_("Country"), by_country), (_("Language"), by_language))
    return [{"name": name, "rows": rows} for name, rows in named if rows]


def _foreseen(found: Timeline) -> dict[str, Any]:
    """Return the timeline of what is foreseen, ready for its template."""
    names = [quarter_name(day) for day in found.quarters]
    rows = [
        {
            "row": row,
            "cells": [(name, *cell) for name, cell in zip(names, row.cells, strict=True)],
            "notes": [(note, quarter_name(note.starts_on)) for note in row.notes],
        }
        for row in found.rows
    ]
    parts = [found.totals(certainty) for certainty in Certainty.values]
    sums = found.totals()
    bars = [Row(name, [part[place] for part in parts], _people(sums[place])) for place, name in enumerate(names)]
    title = _("%(people)s foreseen from %(first)s to %(last)s") % {
        "people": _people(sum(sums)),
        "first": names[0],
        "last": names[-1],
    }
    summary = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    legend = [str(label) for label in Certainty.labels]
    drawing = stacked(title, summary, bars, legend, is_rtl=get_language_bidi())
    return {"timeline": found, "timeline_rows": rows, "quarter_names": names, "timeline_chart": drawing}


def _people(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _chart(short: list[Gap]) -> Drawing:
    """Draw the widest gaps; the title says the widest one in words."""
    first = short[0]
    words = {"skill": first.label, "asked": first.asked, "offered": first.offered}
    rows = [
        Pair(gap.label, gap.asked, gap.offered, _("%(asked)d asked, %(offered)d free") % vars_of(gap)) for gap in short
    ]
    return dumbbells(
        _("%(skill)s: %(asked)d asked, %(offered)d free") % words,
        "; ".join(f"{row.label}: {row.words}" for row in rows),
        rows,
        [_("Places asked for"), _("Experts who are free")],
        is_rtl=get_language_bidi(),
    )


def vars_of(gap: Gap) -> dict[str, int]:
    """Return the two numbers of a gap for a sentence."""
    return {"asked": gap.asked, "offered": gap.offered}

"""The skills-gap board: what is asked for, offered and passed on in a coordinator's countries."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.forms import filter_chips
from engagements.forms.gaps import GapForm
from engagements.queries.gaps import Gap, skill_gaps
from engagements.reports.charts import Drawing, Pair, dumbbells

MOST_DRAWN = 10


@signed_in
def gaps(request: SignedInRequest) -> HttpResponse:
    """Show where people are missing most, as a chart and a table with a way to act for each skill."""
    countries = remit_countries(request.user)
    if not countries:
        raise Http404
    form = GapForm(request.GET or None, remit=countries)
    found = skill_gaps(countries, form.filters(), language=get_language() or "en")
    short = [gap for gap in found if gap.short > 0]
    context = {
        "form": form,
        "chips": filter_chips(form, request.GET),
        "clear_url": reverse("engagements:gaps"),
        "gaps": found,
        "short": short,
        "chart": _chart(short[:MOST_DRAWN]) if short else None,
    }
    return render(request, "engagements/gaps.html", context, status=422 if form.errors else 200)


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

"""The coordinator's page about how evenly invitations fall."""

from django.http import HttpResponse
from django.shortcuts import render
from django_countries import countries

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from engagements.queries import fairness as queries


@signed_in
def fairness(request: SignedInRequest) -> HttpResponse:
    """Show how evenly invitations fall on the experts of one's countries, and who is never asked."""
    figures = queries.fairness_of(request.user)
    context = {
        "figures": figures,
        "country_names": [str(countries.name(code)) for code in figures.countries],
        "soon_percent": None if figures.soon_share is None else round(100 * figures.soon_share),
        "shown": queries.shown_today(request.user),
    }
    return render(request, "engagements/fairness.html", context)

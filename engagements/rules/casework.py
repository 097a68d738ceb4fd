"""Who keeps cases and notes: the coordinators of a thing's country, and nobody else."""

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import remit_countries
from engagements.models import Need, Programme, Proposal
from engagements.rules.programmes import can_run_programme
from mentors.models import ExpertProfile

Thing = Organisation | ExpertProfile | Need | Proposal | Programme


def countries_of(thing: Thing) -> frozenset[str]:
    """Return the countries whose coordinators look after the thing: an expert's origins, a programme's own, else the
    institution's. Queries: 1 for an expert.
    """
    if isinstance(thing, Programme):
        return frozenset({thing.country.code})
    if isinstance(thing, ExpertProfile):
        return frozenset(str(code) for code in thing.origins.values_list("country", flat=True))
    organisation = thing if isinstance(thing, Organisation) else _need(thing).organisation
    return frozenset({organisation.country.code})


def _need(thing: Need | Proposal) -> Need:
    return thing.need if isinstance(thing, Proposal) else thing


def can_keep_case(user: User, thing: Thing) -> bool:
    """Say whether the person coordinates a country of the thing, or runs the programme. Queries: at most 2."""
    if isinstance(thing, Programme):
        return can_run_programme(user, thing)
    return not remit_countries(user).isdisjoint(countries_of(thing))

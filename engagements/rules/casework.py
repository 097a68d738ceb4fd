"""Who keeps cases and notes: the coordinators of a thing's country, and nobody else."""

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import remit_countries
from engagements.models import Need, Proposal
from mentors.models import ExpertProfile

Thing = Organisation | ExpertProfile | Need | Proposal


def countries_of(thing: Thing) -> frozenset[str]:
    """Return the countries whose coordinators look after the thing: an expert's origins, else the institution's.

    Queries: 1 for an expert.
    """
    if isinstance(thing, ExpertProfile):
        return frozenset(str(code) for code in thing.origins.values_list("country", flat=True))
    organisation = thing if isinstance(thing, Organisation) else _need(thing).organisation
    return frozenset({organisation.country.code})


def _need(thing: Need | Proposal) -> Need:
    return thing.need if isinstance(thing, Proposal) else thing


def can_keep_case(user: User, thing: Thing) -> bool:
    """Say whether the person coordinates a country of the thing. Queries: at most 2."""
    return not remit_countries(user).isdisjoint(countries_of(thing))

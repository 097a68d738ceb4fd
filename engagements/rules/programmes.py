"""Who may do what with programmes."""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from engagements.models import Need, Programme
from engagements.states import ProgrammeState


def can_run_programme(user: User, programme: Programme) -> bool:
    """Say whether the person runs the programme: the coordinators of the country it belongs to. Queries: 1."""
    return coordinates(user, programme.country.code)


def can_place_need(user: User, programme: Programme, need: Need) -> bool:
    """Say whether the person may put the need into the programme: both lie in their remit. Queries: 2."""
    return can_run_programme(user, programme) and coordinates(user, need.organisation.country.code)


def takes_members(programme: Programme) -> bool:
    """Say whether a programme takes members at all: it is being prepared or runs."""
    return programme.state != ProgrammeState.CLOSED

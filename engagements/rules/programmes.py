"""Who may do what with programmes."""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates, mediates_pathways
from engagements.models import Need, Programme
from engagements.states import ProgrammeKind, ProgrammeState


def can_run_programme(user: User, programme: Programme) -> bool:
    """Say whether the person runs the programme: the coordinators of the country it belongs to, and of a pathway those
    who mediate pathways. Queries: 1.
    """
    if programme.kind == ProgrammeKind.PATHWAY:
        return mediates_pathways(user, programme.country.code)
    return coordinates(user, programme.country.code)


def can_place_need(user: User, programme: Programme, need: Need) -> bool:
    """Say whether the person may put the need into the programme: both lie in their remit. Queries: 2."""
    country = need.organisation.country.code
    covers = mediates_pathways if programme.kind == ProgrammeKind.PATHWAY else coordinates
    return can_run_programme(user, programme) and covers(user, country)


def takes_members(programme: Programme) -> bool:
    """Say whether a programme takes members at all: it is being prepared or runs."""
    return programme.state != ProgrammeState.CLOSED

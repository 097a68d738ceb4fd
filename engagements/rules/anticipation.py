"""Who may note, change and act on what is seen coming."""

from diaspora_net.accounts import rules as accounts_rules
from diaspora_net.accounts.models import Organisation, User
from engagements.models import ForeseenNeed


def can_note_foreseen(user: User, organisation: Organisation | None, country: str) -> bool:
    """Say whether the person may note what an institution, or a whole country, will need.

    Who speaks for the verified institution, and the country's coordinators. Queries: at most 2.
    """
    if organisation is not None:
        if not accounts_rules.is_trusted(organisation) or organisation.country.code != country:
            return False
        if accounts_rules.can_speak_for(user, organisation):
            return True
    return accounts_rules.coordinates(user, country)


def can_change_foreseen(user: User, foreseen: ForeseenNeed) -> bool:
    """Say whether the person may change or drop it: who speaks for its institution, and the country's coordinators.

    Queries: at most 2.
    """
    organisation = foreseen.organisation
    is_own = organisation is not None and accounts_rules.can_speak_for(user, organisation)
    return is_own or accounts_rules.coordinates(user, foreseen.country.code)


def can_draft_foreseen(user: User, foreseen: ForeseenNeed) -> bool:
    """Say whether the person may turn it into a draft need: who speaks for its institution. Queries: at most 1."""
    return foreseen.organisation is not None and accounts_rules.can_speak_for(user, foreseen.organisation)

"""Count what small changes of a profile would bring an expert whose list is thin."""

from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.queries.match_statement import need_ids
from engagements.queries.recommendations import Change, origin_codes
from engagements.rules.needs import can_answer_needs, can_see_suggestions
from mentors.models import ExpertProfile
from mentors.queries.candidates import candidate
from mentors.recommender.types import Modality
from mentors.states import LanguageLevel, WorkingLanguage


def changes_of_profile(viewer: User, profile: ExpertProfile) -> list[Change]:
    """Return how many more open needs each single step would bring: further languages, further ways of working; both
    at once and in any country (``all``) when none helps by itself.

    Only steps that help, the greatest help first; none for anybody else's profile. Queries: at most 6.
    """
    if not can_see_suggestions(viewer, profile) or not can_answer_needs(profile):
        return []
    known, codes, today = candidate(profile), origin_codes(profile), timezone.localdate()
    here = len(need_ids(known, profile, codes, today))
    every = {str(code): int(LanguageLevel.C2) for code in WorkingLanguage.values}
    changed = {
        "language": known._replace(languages=every),
        "modality": known._replace(modalities=frozenset(Modality)),
    }
    changes = [Change(name, len(need_ids(one, profile, codes, today)) - here) for name, one in changed.items()]
    if not any(change.more > 0 for change in changes):
        freest = known._replace(languages=every, modalities=frozenset(Modality))
        changes = [Change("all", len(need_ids(freest, profile, None, today)) - here)]
    return sorted((change for change in changes if change.more > 0), key=lambda change: -change.more)

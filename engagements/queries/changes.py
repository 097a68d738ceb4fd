"""Count what small changes would bring an expert whose list is thin, and what was asked of their like."""

from datetime import timedelta

from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.models import Need
from engagements.queries.match_statement import need_ids
from engagements.queries.recommendations import Change, origin_codes
from engagements.rules.needs import can_answer_needs, can_see_suggestions
from mentors.models import ExpertProfile
from mentors.queries.candidates import candidate
from mentors.recommender.types import Modality
from mentors.states import LanguageLevel, WorkingLanguage

YEAR = timedelta(days=365)


def changes_of_profile(viewer: User, profile: ExpertProfile) -> list[Change]:
    """Return how many more open needs each single step would bring: other countries (``origins``), further languages,
    further ways of working; all of them at once (``all``) when none helps by itself.

    Only steps that help, the greatest help first; none for anybody else's profile. Queries: at most 7.
    """
    if not can_see_suggestions(viewer, profile) or not can_answer_needs(profile):
        return []
    known, codes, today = candidate(profile), origin_codes(profile), timezone.localdate()
    here = len(need_ids(known, profile, codes, today))
    every = {str(code): int(LanguageLevel.C2) for code in WorkingLanguage.values}
    freest = known._replace(languages=every, modalities=frozenset(Modality))
    steps = {
        "origins": (known, None),
        "language": (known._replace(languages=every), codes),
        "modality": (known._replace(modalities=frozenset(Modality)), codes),
    }
    changes = [Change(name, len(need_ids(one, profile, where, today)) - here) for name, (one, where) in steps.items()]
    if not any(change.more > 0 for change in changes):
        changes = [Change("all", len(need_ids(freest, profile, None, today)) - here)]
    return sorted((change for change in changes if change.more > 0), key=lambda change: -change.more)


def asked_lately(profile: ExpertProfile) -> int:
    """Return how many needs of the past year, open or not, asked for a skill that the profile lists. Queries: 1."""
    listed = profile.skill_items.values("tag")
    recent = Need.objects.filter(published_at__gt=timezone.now() - YEAR, is_pathway=False)
    return recent.filter(skill_items__tag__in=listed).distinct().count()

"""Words that people proposed as skills, for the coordinators who decide about them."""

from django.db.models import Count, QuerySet
from django.http import Http404

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from mentors.models import Skill
from mentors.queries.skills import SkillHit, search_skills
from mentors.queries.texts import skills_in_text
from mentors.rules import can_curate_skills
from mentors.states import SkillStatus

MOST_SIMILAR = 5


def visible_suggestions(viewer: User) -> QuerySet[Skill]:
    """Return the proposed concepts, oldest first, with ``holders``: how many profiles have them.

    Raises Http404 for others.

    Queries: 1 before it is read.
    """
    if not can_curate_skills(viewer):
        raise Http404
    waiting: QuerySet[Skill] = Skill.objects.filter(status=SkillStatus.SUGGESTED).order_by("created_at", "pk")
    return waiting.annotate(holders=Count("profile_items"))


def get_suggestion(viewer: User, slug: str) -> Skill:
    """Return a proposed concept when ``viewer`` may decide about it. Raises Http404 otherwise. Queries: 2."""
    # PostgreSQL refuses even to look for a NUL.
    return first_or_404(visible_suggestions(viewer).filter(slug=slug.replace("\0", "")))


def get_accepted_skill(skill_id: int) -> Skill:
    """Return an accepted concept. Raises Http404 otherwise. Queries: 1."""
    skill: Skill | None = Skill.objects.filter(pk=skill_id, status=SkillStatus.ACCEPTED).first()
    if skill is None:
        raise Http404
    return skill


def similar_skills(text: str, *, language: str) -> list[SkillHit]:
    """Return the accepted concepts a proposed label may mean: those of the same words, then those named in it.

    Queries: 9 at most.
    """
    longest = max(text.split(), key=len, default="")
    hits = [
        *search_skills(text, language=language, limit=MOST_SIMILAR),
        *(
            SkillHit(hit.skill_id, hit.label, hit.kind, hit.words)
            for hit in skills_in_text(text, language=language, limit=MOST_SIMILAR)
        ),
        *search_skills(longest, language=language, limit=MOST_SIMILAR),
    ]
    return list({hit.skill_id: hit for hit in reversed(hits)}.values())[::-1][:MOST_SIMILAR]

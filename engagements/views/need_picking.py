"""What the skill picker of a need shows: chosen skills, and results of Find."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest
from engagements.forms.needs import PickedSkills
from engagements.models import Need
from engagements.queries import needs as queries
from engagements.states import SkillStrength
from mentors.queries.skills import search_skills, skill_labels
from mentors.queries.texts import skills_in_text
from mentors.states import SkillLevel

MOST_SKILLS = 12
# The fields a need is told in, and the button that looks in them for skills.
SENTENCES = ("title", "deliverable", "context")
FROM_SENTENCES = "sentences"


def language_now() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def picker(request: SignedInRequest, found: Need | None, picked: PickedSkills | None) -> dict[str, Any]:
    """Return what the skill picker shows: chosen chips, and results of Find; without words, what the first sentence
    names.
    """
    if picked is not None:
        names = skill_labels([int(value) for value in picked.values if value.isdecimal()], language_now())
        rows = [(value, picked.strength(value), picked.level(value)) for value in picked.values]
    else:
        wanted = queries.skills_of(found) if found else []
        names = {skill.skill_id: skill.label for skill in wanted}
        rows = [(str(skill.skill_id), skill.strength, skill.level) for skill in wanted]
    choices = {"strengths": SkillStrength.choices, "levels": SkillLevel.choices}
    chosen = [
        {"id": value, "label": names[int(value)] if value.isdecimal() else value, "strength": strength, "level": level}
        for value, strength, level in rows
        if not value.isdecimal() or int(value) in names
    ]
    return {
        "chosen": [chip | choices for chip in chosen],
        "pattern": {"strength": SkillStrength.REQUIRED, "level": None} | choices,
        "most_skills": MOST_SKILLS,
        **_results(request, {chip["id"] for chip in chosen}),
    }


def _results(request: SignedInRequest, chosen: set[Any]) -> dict[str, Any]:
    query = request.POST.get("q", "").strip()
    if query and request.POST.get("find") != FROM_SENTENCES:
        hits = search_skills(query, language=language_now())
        found = [(hit.skill_id, hit.label, hit.matched if hit.matched != hit.label else "") for hit in hits]
    elif request.method == "POST" and (not chosen or "find" in request.POST):
        query, sentences = "", "\n".join(request.POST.get(name, "") for name in SENTENCES)
        named = skills_in_text(sentences, language=language_now())
        found = [(hit.skill_id, hit.label, _("from “%(words)s”") % {"words": hit.words}) for hit in named]
    else:
        return {}
    results = [{"id": str(pk), "label": label, "note": note} for pk, label, note in found if str(pk) not in chosen]
    return {"results": results, "query": query, "is_looked_for": True}

"""The skill picker's suggestions, with and without script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from mentors.forms.skills import LONGEST_VALUE, SkillsForm
from mentors.labels import fold
from mentors.models import ExpertProfile
from mentors.queries.skills import SkillHit, accepted_labels, search_skills, skill_labels
from mentors.states import SkillKind, SkillLevel

SHORTEST_QUERY = 2


@signed_in
def search(request: SignedInRequest) -> HttpResponse:
    """Answer the picker: a list of buttons, best first; the last one offers the typed words as a new skill."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_VALUE]
    return render(request, "mentors/skill_suggestions.html", {"suggestions": suggestions(query, _language(request))})


def _language(request: HttpRequest) -> str:
    return request.GET.get("lang", "")[:8] or get_language() or "en"


def suggestions(query: str, language: str) -> list[dict[str, str]]:
    """Return what the picker shows for ``query``: id, label and note; the id of a new skill is its words."""
    hits = search_skills(query, language=language)
    found = [{"id": str(hit.skill_id), "label": hit.label, "note": _note(hit)} for hit in hits]
    is_known = any(fold(query) in {fold(hit.label), fold(hit.matched)} for hit in hits)
    if len(query) >= SHORTEST_QUERY and fold(query) and not is_known and not query.isdecimal():
        found.append(
            {"id": query, "label": query, "note": _("Add as a new skill; a coordinator checks it"), "is_new": "1"}
        )
    return found


def _note(hit: SkillHit) -> str:
    kind = str(SkillKind(hit.kind).label)
    return kind if fold(hit.matched) == fold(hit.label) else f"{hit.matched} · {kind}"


def picker_context(profile: ExpertProfile | None, form: SkillsForm, *, query: str, added: str = "") -> dict[str, Any]:
    """Return what the skills step shows: the chosen chips as they were sent or stand on the profile, and results.

    ``added`` is the id of a skill to choose beside those of the profile; it is saved only when the form is sent.
    """
    language = get_language() or "en"
    chosen = _sent_chips(form, language) if form.is_bound else profile_chips(profile, language)
    if added.isdecimal() and not form.is_bound:
        chosen += _added_chip(int(added[:18]), language, {chip["id"] for chip in chosen})
    known = {chip["id"] for chip in chosen}
    results = [one for one in suggestions(query, language) if one["id"] not in known] if query else []
    pattern = {"id": "__id__", "label": "", "level": SkillLevel.DOES, "years": ""}
    levels = {"levels": SkillLevel.choices}
    return {
        "chosen": [chip | levels for chip in chosen],
        "pattern": pattern | levels,
        "results": results,
        "query": query,
    }


def _sent_chips(form: SkillsForm, language: str) -> list[dict[str, Any]]:
    names = skill_labels([int(value) for value in form.values if value.isdecimal()], language)
    return [
        {
            "id": value,
            "label": names.get(int(value), "") if value.isdecimal() else value,
            "level": form.typed("level", value) or str(SkillLevel.DOES.value),
            "years": form.typed("years", value),
        }
        for value in form.values
        if not value.isdecimal() or int(value) in names
    ]


def _added_chip(skill_id: int, language: str, known: set[str]) -> list[dict[str, Any]]:
    names = accepted_labels([skill_id], language)
    if skill_id not in names or str(skill_id) in known:
        return []
    return [{"id": str(skill_id), "label": names[skill_id], "level": SkillLevel.DOES.value, "years": ""}]


def profile_chips(profile: ExpertProfile | None, language: str) -> list[dict[str, Any]]:
    """Return the skills that stand on a profile as chips: id, label, level and years."""
    items = list(profile.skill_items.all()) if profile else []
    names = skill_labels([item.tag_id for item in items], language) if items else {}
    return [
        {"id": str(item.tag_id), "label": names[item.tag_id], "level": item.level, "years": item.years or ""}
        for item in items
    ]

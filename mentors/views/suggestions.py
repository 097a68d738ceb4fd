"""The coordinators' page of proposed skills."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from mentors.actions.skills import accept_skill, merge_skill
from mentors.queries.suggestions import get_accepted_skill, get_suggestion, similar_skills, visible_suggestions

MOST_SHOWN = 20


@signed_in
def suggestions(request: SignedInRequest) -> HttpResponse:
    """List proposed skills with what they may mean; ``for`` and ``q`` look for something else for one of them."""
    asked, query = request.GET.get("for", ""), request.GET.get("q", "").replace("\x00", "")
    rows = [
        {
            "skill": skill,
            "query": query if skill.slug == asked else "",
            "similar": similar_skills(
                query if query and skill.slug == asked else skill.name, language=get_language() or "en"
            ),
        }
        for skill in visible_suggestions(request.user)[:MOST_SHOWN]
    ]
    return render(request, "mentors/suggestions.html", {"rows": rows})


@require_POST
@signed_in
def accept(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take a proposed skill into the vocabulary."""
    accept_skill(actor=request.user, skill=get_suggestion(request.user, slug))
    messages.success(request, _("Accepted. It is found and matched from now on."))
    return redirect("mentors:suggestions")


@require_POST
@signed_in
def merge(request: SignedInRequest, slug: str, skill_id: int) -> HttpResponse:
    """Say that a proposed skill is one that is there already."""
    skill = get_suggestion(request.user, slug)
    merge_skill(actor=request.user, skill=skill, into=get_accepted_skill(skill_id))
    messages.success(request, _("Merged. Profiles with it now have the other one."))
    return redirect("mentors:suggestions")

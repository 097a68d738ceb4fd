"""Start from a CV: hand it in, then look over what was found before anything is saved."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from mentors.actions.cv import read_cv
from mentors.forms.cv import CvForm
from mentors.forms.skills import MOST_SKILLS
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile_with_parts
from mentors.queries.texts import skills_in_text
from mentors.states import ProfileState, SkillLevel
from mentors.views.skills import profile_chips

# Five or six skills are plenty: the likeliest are ticked, the others offered.
TICKED, OFFERED = 8, 24


@signed_in
def start_from_cv(request: SignedInRequest) -> HttpResponse:
    """Take a CV; answer with the skills it names, each with the line that says so. Nothing is saved here."""
    form = CvForm(request.POST, request.FILES) if request.method == "POST" else CvForm()
    if form.is_bound and form.is_valid() and (text := _text(request, form)):
        context = _review(own_profile_with_parts(request.user), text)
        return render(request, "mentors/start_cv_review.html", context)
    context = {"form": form, "form_errors": bool(form.errors)}
    return render(request, "mentors/start_cv.html", context, status=422 if form.errors else 200)


def _text(request: SignedInRequest, form: CvForm) -> str:
    """Return the text of the document and what was pasted; empty when the document was refused."""
    parts = [form.cleaned_data["text"]]
    if document := form.cleaned_data["document"]:
        try:
            parts.insert(0, read_cv(actor=request.user, document=document.read()))
        except (Invalid, SlowDown) as error:
            add_problems(form, error)
            return ""
    return "\n".join(parts)


def _review(profile: ExpertProfile | None, text: str) -> dict[str, Any]:
    """Return the skills that stand on the profile already, and those the text names, the likeliest ticked."""
    language = get_language() or "en"
    levels = {"levels": SkillLevel.choices}
    kept = [chip | levels for chip in profile_chips(profile, language)]
    known = {chip["id"] for chip in kept}
    hits = [hit for hit in skills_in_text(text, language=language, limit=OFFERED) if str(hit.skill_id) not in known]
    room = min(TICKED, MOST_SKILLS - len(kept))
    found = [
        {"id": str(hit.skill_id), "label": hit.label, "line": hit.line, "words": hit.words, "is_ticked": place < room}
        | {"level": SkillLevel.DOES.value, "years": ""}
        | levels
        for place, hit in enumerate(hits)
    ]
    is_draft = profile is None or profile.state == ProfileState.DRAFT
    return {"kept": kept, "found": found, "is_draft": is_draft, "most": MOST_SKILLS}

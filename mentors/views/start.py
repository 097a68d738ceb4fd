"""The four short steps of a profile.

Each is saved on its own, so that one can stop and come back; later they edit it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from mentors.actions import profiles as actions
from mentors.actions.choices import SkillChoice, choose_skills
from mentors.forms.skills import MOST_SKILLS, SkillsForm
from mentors.forms.start import GivingForm, IdentityForm, LanguagesForm
from mentors.models import ExpertProfile
from mentors.payloads import institution_card
from mentors.queries.profiles import missing_steps, own_profile, own_profile_with_parts
from mentors.states import ProfileState
from mentors.views.skills import picker_context

STEPS = {
    "identity": gettext_lazy("You"),
    "skills": gettext_lazy("Your skills"),
    "languages": gettext_lazy("Your languages"),
    "give": gettext_lazy("What you give"),
}
ORDER = list(STEPS)


class StepConverter:
    """The names of the steps in addresses."""

    regex = "|".join(STEPS)

    def to_python(self, value: str) -> str:
        """Return the step as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return the step as it is."""
        return value


@signed_in
def resume_start(request: SignedInRequest) -> HttpResponse:
    """Go to the first step that is not done."""
    profile = own_profile(request.user)
    missing = missing_steps(profile) if profile else [(ORDER[0], "")]
    return redirect("mentors:start", step=missing[0][0] if missing else ORDER[-1])


@signed_in
def start_step(request: SignedInRequest, step: str) -> HttpResponse:
    """Show or save one step."""
    return _PAGES[step](request)


def identity(request: SignedInRequest) -> HttpResponse:
    """Step 1: name, profession, where one lives and comes from."""
    profile = own_profile_with_parts(request.user)
    initial = IdentityForm.initial_of(profile) if profile else {"full_name": request.user.full_name}
    form = IdentityForm(_sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():

        def save() -> None:
            profile = actions.start_profile(actor=request.user)
            actions.save_identity(actor=request.user, profile=profile, **form.cleaned_data)

        if _saved(form, save):
            return _onward(request, "identity", profile)
    return _page(request, "identity", profile, form, {})


def skills(request: SignedInRequest) -> HttpResponse:
    """Step 2: skills. Without script, Find and Remove send the form here and it comes back as it was."""
    profile = own_profile_with_parts(request.user)
    form = SkillsForm(_sent(request))
    if request.method == "POST" and "find" not in request.POST and not form.removed and form.is_valid():
        choices = [*form.cleaned_data["choices"], *_added_elsewhere(profile, form)]

        def save() -> None:
            profile = actions.start_profile(actor=request.user)
            choose_skills(actor=request.user, profile=profile, choices=choices, language=get_language() or "en")

        if not form.new_values and _saved(form, save):
            return _onward(request, "skills", profile)
    wants_more = request.method == "POST" and ("find" in request.POST or form.removed or form.new_values)
    context = picker_context(
        profile,
        form,
        query=request.POST.get("q", "") if "find" in request.POST else "",
        added=request.GET.get("add", ""),
    )
    context["picker_max"] = MOST_SKILLS
    on_profile = [str(item.tag_id) for item in profile.skill_items.all()] if profile else []
    context["shown"] = on_profile if form.shown is None else form.shown
    return _page(request, "skills", profile, form, context, is_asking=bool(wants_more))


def _added_elsewhere(profile: ExpertProfile | None, form: SkillsForm) -> list[SkillChoice]:
    """Return the skills that another window has put on the profile since this form was shown: nobody took them off."""
    if profile is None or form.shown is None:
        return []
    seen = {*form.shown, *form.values}
    return [
        SkillChoice(str(item.tag_id), item.level, item.years)
        for item in profile.skill_items.all()
        if str(item.tag_id) not in seen
    ]


def languages(request: SignedInRequest) -> HttpResponse:
    """Step 3: languages with their levels."""
    profile = own_profile_with_parts(request.user)
    known = [(row.language, row.level) for row in profile.languages.all()] if profile else []
    form = LanguagesForm(_sent(request), languages=known)
    if request.method == "POST" and form.is_valid():

        def save() -> None:
            profile = actions.start_profile(actor=request.user)
            actions.save_languages(actor=request.user, profile=profile, **form.cleaned_data)

        if _saved(form, save):
            return _onward(request, "languages", profile)
    return _page(request, "languages", profile, form, {})


def give(request: SignedInRequest) -> HttpResponse:
    """Step 4: how much, how, to whom and when; a preview; and Publish."""
    profile = own_profile_with_parts(request.user)
    if profile is None:
        return redirect("mentors:start", step=ORDER[0])
    slots = [(slot.weekday, slot.starts, slot.ends) for slot in profile.availability.all()]
    form = GivingForm(_sent(request), slots=slots, initial=GivingForm.initial_of(profile))
    if request.method == "POST" and form.is_valid():

        def save() -> None:
            actions.save_giving(actor=request.user, profile=profile, **form.cleaned_data)
            if "publish" in request.POST:
                actions.publish_profile(actor=request.user, profile=profile)

        if _saved(form, save):
            return _published(request) if "publish" in request.POST else _onward(request, "give", profile)
    card = {"card": institution_card(profile), "missing": missing_steps(profile)}
    return _page(request, "give", profile, form, card)


_PAGES: dict[str, Callable[[SignedInRequest], HttpResponse]] = {
    "identity": identity,
    "skills": skills,
    "languages": languages,
    "give": give,
}


def _sent(request: SignedInRequest) -> QueryDict | None:
    """Return what was sent, even nothing at all; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _saved(form: forms.Form, save: Callable[[], None]) -> bool:
    """Run the actions; put what they refuse beside the form's fields."""
    try:
        save()
    except (Invalid, SlowDown) as error:
        add_problems(form, error)
        return False
    return True


def _onward(request: SignedInRequest, step: str, profile: ExpertProfile | None) -> HttpResponse:
    """Go to the next step, or back to the profile when it was being edited."""
    if profile is not None and profile.state != ProfileState.DRAFT:
        messages.success(request, _("Saved."))
        return redirect("mentors:me")
    if step == ORDER[-1]:
        messages.success(request, _("Saved. Look at the preview, then publish."))
        return redirect("mentors:start", step=step)
    return redirect("mentors:start", step=ORDER[ORDER.index(step) + 1])


def _published(request: SignedInRequest) -> HttpResponse:
    messages.success(request, _("Your profile is published. These needs fit what you give."))
    return redirect("engagements:for-you")


def _page(
    request: SignedInRequest,
    step: str,
    profile: ExpertProfile | None,
    form: forms.Form,
    context: dict[str, Any],
    *,
    is_asking: bool = False,
) -> HttpResponse:
    """Render a step; 422 when the form was sent and not accepted, 200 when it only asks for more."""
    place = ORDER.index(step)
    frame = {
        "form": form,
        "step": step,
        "name": STEPS[step],
        "current": place + 1,
        "total": len(ORDER),
        "back": ORDER[place - 1] if place else None,
        "is_draft": profile is None or profile.state == ProfileState.DRAFT,
        "form_errors": form.errors and not is_asking,
    }
    status = 422 if request.method == "POST" and not is_asking else 200
    return render(request, f"mentors/start_{step}.html", frame | context, status=status)

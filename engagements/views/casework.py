"""What coordinators keep about one thing: who looks after it, until when it rests, and their notes."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions import casework as actions
from engagements.forms.casework import NoteForm, OwnerForm, RestForm
from engagements.queries import casework as queries
from engagements.queries.donor_reports import require_remit


def back_to(request: SignedInRequest, otherwise: str) -> str:
    """Return the page of the desk that a form names as the one it was sent from, or ``otherwise``."""
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/desk/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise


@signed_in
def cases(request: SignedInRequest, noun: str) -> HttpResponse:
    """Lead from the address of a noun to the list in which its things are found by name."""
    require_remit(request.user)
    if noun == "programmes":
        return redirect("engagements:desk-programmes")
    return redirect(f"{reverse('engagements:pipeline')}?of={'work' if noun == 'experts' else noun}")


@signed_in
def case(request: SignedInRequest, noun: str, reference: str) -> HttpResponse:
    """Show what coordinators keep about a thing."""
    return _page(request, noun, reference)


def _page(request: SignedInRequest, noun: str, reference: str, **refused: Form) -> HttpResponse:
    thing = queries.get_thing(request.user, noun, reference)
    page = queries.case_page(request.user, thing)
    owner = page.case.owner if page.case else None
    context = {
        "page": page,
        "noun": noun,
        "reference": reference,
        "owner_form": OwnerForm(
            colleagues=page.colleagues, initial={"owner": str(owner.public_id)} if owner else None, auto_id="owner_%s"
        ),
        "rest_form": RestForm(auto_id="rest_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
        "refused": next(iter(refused.values()), None),
        "form_errors": bool(refused),
        **refused,
    }
    return render(request, "engagements/case.html", context, status=422 if refused else 200)


def _answer(
    request: SignedInRequest, noun: str, reference: str, *, form: Form, name: str, act: Callable[[], object], told: str
) -> HttpResponse:
    """Do what a form asks for, or show the page again with what was typed."""
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, told)
            return redirect(back_to(request, reverse("engagements:case", args=[noun, reference])))
    return _page(request, noun, reference, **{name: form})


@signed_in
@require_POST
def case_assign(request: SignedInRequest, noun: str, reference: str) -> HttpResponse:
    """Say who looks after a thing."""
    thing = queries.get_thing(request.user, noun, reference)
    form = OwnerForm(request.POST, colleagues=queries.case_page(request.user, thing).colleagues, auto_id="owner_%s")

    def act() -> object:
        return actions.assign_case(actor=request.user, thing=thing, owner=form.chosen())

    return _answer(request, noun, reference, form=form, name="owner_form", act=act, told=_("Noted who looks after it."))


@signed_in
@require_POST
def case_rest(request: SignedInRequest, noun: str, reference: str) -> HttpResponse:
    """Let a thing rest until a day."""
    thing = queries.get_thing(request.user, noun, reference)
    form = RestForm(request.POST, auto_id="rest_%s")

    def act() -> object:
        return actions.rest_case(actor=request.user, thing=thing, **form.cleaned_data)

    told = _("It rests until that day, for all of you.")
    return _answer(request, noun, reference, form=form, name="rest_form", act=act, told=told)


@signed_in
@require_POST
def case_wake(request: SignedInRequest, noun: str, reference: str) -> HttpResponse:
    """Bring a thing that rests back to the desk."""
    thing = queries.get_thing(request.user, noun, reference)
    actions.wake_case(actor=request.user, thing=thing)
    messages.success(request, _("It is back on the desk."))
    return redirect(back_to(request, reverse("engagements:case", args=[noun, reference])))


@signed_in
@require_POST
def case_note(request: SignedInRequest, noun: str, reference: str) -> HttpResponse:
    """Write something down about a thing."""
    thing = queries.get_thing(request.user, noun, reference)
    form = NoteForm(request.POST, auto_id="note_%s")

    def act() -> object:
        return actions.write_note(actor=request.user, thing=thing, text=form.cleaned_data["text"])

    return _answer(request, noun, reference, form=form, name="note_form", act=act, told=_("Written down."))


Page = Callable[..., HttpResponse]
PAGES: tuple[tuple[str, Page], ...] = (
    ("", case),
    ("assign", case_assign),
    ("rest", case_rest),
    ("wake", case_wake),
    ("note", case_note),
)

"""Pages about oneself: joining, settings, and signing in as a demo person."""

import uuid
from typing import Any

from allauth.account.views import LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diaspora_net.accounts import demo
from diaspora_net.accounts.actions import people as actions
from diaspora_net.accounts.actions.blocks import unblock_person
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.forms.people import SettingsForm
from diaspora_net.accounts.queries.blocks import own_blocks
from diaspora_net.accounts.queries.people import person_by_email
from diaspora_net.accounts.states import JoinRole
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.references import first_or_404


def join(request: HttpRequest) -> HttpResponse:
    """Ask what brings a newcomer here."""
    signup = reverse("account_signup")
    choices = [
        {
            "url": f"{signup}?role={JoinRole.EXPERT}",
            "label": JoinRole.EXPERT.label,
            "text": _(
                "Publish what you know, see the needs that fit, and help from where you live. About three minutes."
            ),
        },
        {
            "url": f"{signup}?role={JoinRole.ORGANISATION}",
            "label": JoinRole.ORGANISATION.label,
            "text": _("Post a need in two minutes and see the experts of your diaspora who can meet it."),
        },
        {
            "url": f"{signup}?role={JoinRole.COORDINATOR}",
            "label": JoinRole.COORDINATOR.label,
            "text": _(
                "Verify institutions, unblock matches and report. The operator of this network grants your countries."
            ),
        },
    ]
    return render(request, "accounts/join.html", {"choices": choices})


@signed_in
def person_settings(request: SignedInRequest) -> HttpResponse:
    """Show and save one's settings."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST":
        is_valid = form.is_valid()
        # The form has written what was typed onto the person; what is stored comes back before anything else.
        request.user.refresh_from_db()
        if is_valid:
            with refusals_on(form):
                actions.update_person(actor=request.user, **form.cleaned_data)
                messages.success(request, _("Your settings are saved."))
                return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@signed_in
def blocks(request: SignedInRequest) -> HttpResponse:
    """Show whom one has blocked."""
    return render(request, "accounts/blocks.html", {"blocks": own_blocks(request.user)})


@require_POST
@signed_in
def unblock(request: SignedInRequest, person: uuid.UUID) -> HttpResponse:
    """Take one's own block back; whoever is not blocked by oneself does not exist here."""
    block = first_or_404(own_blocks(request.user).filter(blocked__public_id=person))
    unblock_person(actor=request.user, person=block.blocked)
    messages.success(request, _("Unblocked. What the block has ended stays ended."))
    return redirect("accounts:blocks")


class SignOut(LogoutView):
    """Sign out and leave nothing on the machine: unsent messages, drafts, at shared computers cached pages."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session and tell the browser to forget what we kept in it."""
        is_shared = self.request.session.is_shared
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"' if is_shared else '"storage"'
        return response


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo people; exists in demo mode only."""
    person = demo.person(request.POST.get("email", "")) if settings.DEMO else None
    user = person_by_email(person.email) if person else None
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")

"""Pages of organisations and their team."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts import rules
from diaspora_net.accounts.actions import organisations as actions
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.forms.organisations import (
    MemberForm,
    OrganisationChangeForm,
    OrganisationForm,
    RoleForm,
)
from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.queries import organisations as queries
from diaspora_net.accounts.queries.people import memberships_of
from diaspora_net.accounts.states import MemberRole
from diaspora_net.core.forms import refusals_on


@signed_in
def organisations(request: SignedInRequest) -> HttpResponse:
    """List the organisations one belongs to; who belongs to one goes straight to what waits for it."""
    memberships = list(memberships_of(request.user))
    if len(memberships) == 1:
        return redirect("engagements:organisation-needs", reference=memberships[0].organisation.reference)
    return render(request, "accounts/organisations.html", {"memberships": memberships})


@signed_in
def organisation_new(request: SignedInRequest) -> HttpResponse:
    """Register an organisation."""
    form = OrganisationForm(request.POST or None, initial={"time_zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        try:
            organisation = actions.apply_organisation(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Sent for verification. You can write your first need meanwhile."))
            return redirect("accounts:organisation", reference=organisation.reference)
    return render(request, "accounts/organisation_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def organisation(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an organisation; its own people see the team too."""
    found = queries.get_organisation(request.user, reference)
    return render(request, "accounts/organisation.html", _organisation_page(request, found, MemberForm()))


def _organisation_page(request: SignedInRequest, found: Organisation, form: MemberForm) -> dict[str, Any]:
    is_member = rules.is_member(request.user, found)
    members = list(queries.members_of(found)) if is_member else []
    return {
        "organisation": found,
        "is_trusted": rules.is_trusted(found),
        "is_member": is_member,
        "can_manage": rules.can_manage_team(request.user, found),
        "can_check": rules.can_check_organisation(request.user, found),
        "documents_asked_for": queries.documents_asked_for(found) if is_member else "",
        "members": members,
        "has_one_owner": sum(membership.role == MemberRole.OWNER for membership in members) == 1,
        "roles": MemberRole.choices,
        "form": form,
    }


@signed_in
def organisation_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change what the organisation says of itself."""
    found = queries.get_own_organisation(request.user, reference)
    name, documents_asked_for = found.name, queries.documents_asked_for(found)
    form = OrganisationChangeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.change_organisation(actor=request.user, organisation=found, **form.cleaned_data)
        messages.success(request, _("Saved, and sent to the coordinator.") if documents_asked_for else _("Saved."))
        return redirect("accounts:organisation", reference=reference)
    context = {"form": form, "organisation": found, "name": name, "documents_asked_for": documents_asked_for}
    return render(request, "accounts/organisation_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def member_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a colleague."""
    found = queries.get_own_organisation(request.user, reference)
    form = MemberForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_member(actor=request.user, organisation=found, **form.cleaned_data)
            messages.success(request, _("Your colleague belongs to the team now."))
            return redirect("accounts:organisation", reference=reference)
    return render(request, "accounts/organisation.html", _organisation_page(request, found, form), status=422)


@signed_in
@require_POST
def member_remove(request: SignedInRequest, reference: str, membership_id: int) -> HttpResponse:
    """End a membership."""
    found = queries.get_own_organisation(request.user, reference)
    membership = queries.get_membership(found, membership_id)
    actions.remove_member(actor=request.user, organisation=found, membership=membership)
    messages.success(request, _("Removed from the team."))
    if membership.user_id == request.user.pk:
        return redirect("accounts:organisations")
    return redirect("accounts:organisation", reference=reference)


@signed_in
@require_POST
def member_role(request: SignedInRequest, reference: str, membership_id: int) -> HttpResponse:
    """Give a colleague another role."""
    found = queries.get_own_organisation(request.user, reference)
    membership = queries.get_membership(found, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render(
            request, "accounts/organisation.html", _organisation_page(request, found, MemberForm()), status=422
        )
    actions.change_member_role(actor=request.user, organisation=found, membership=membership, **form.cleaned_data)
    messages.success(request, _("The role is changed."))
    return redirect("accounts:organisation", reference=reference)

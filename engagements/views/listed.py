"""The page behind the link in a mail to somebody whom a list named: what the list says, confirm or delete.

A GET changes nothing, since scanners of mails follow links. The page is made without the request, as those behind
other links in mails.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from diaspora_net.core.errors import DomainError, Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from diaspora_net.core.limits import check_pace
from engagements.actions.imports.people import confirm_listed, delete_listed
from engagements.forms.imports import ListedForm
from engagements.models import ListedPerson
from engagements.payloads.listed_details import details_in_words
from engagements.queries.imports.listed import listed_by_token
from engagements.reports.listed_mail import facts_of
from engagements.states.imports import ListedState
from engagements.views.answers import page
from mentors.queries.skills import skill_labels

MOST_IN_A_MINUTE = 60


@csrf_exempt  # the signature in the address is the right to do this one thing, and nobody can send a form without it
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, token: str) -> HttpResponse:
    """Show on GET what a list says of a person; on POST confirm it, or delete it."""
    try:
        check_pace("listed", get_adapter(request).get_client_ip(request), most=MOST_IN_A_MINUTE, seconds=60)
    except SlowDown as error:
        return page("refused", {"error": error}, status=error.status)
    person, is_ours = listed_by_token(token)
    if not is_ours:
        return page("dead", {}, status=404)
    if person is None:
        return page("listed_gone", {})
    with translation.override(person.language):
        if person.state != ListedState.WAITING:
            return page("listed_confirmed", {"person": person, "was_there": True})
        if request.method != "POST":
            return _ask(person, ListedForm(person=person))
        # A mail program that offers to unsubscribe asks for it in this way (RFC 8058).
        if "delete" in request.POST or "List-Unsubscribe" in request.POST:
            return _delete(person)
        return _confirm(person, ListedForm(request.POST, person=person))


def _ask(person: ListedPerson, form: ListedForm) -> HttpResponse:
    labels = skill_labels(person.details.get("skills", ()), person.language)
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "facts": facts_of(person),
        "details": details_in_words(person, labels),
    }
    return page("listed", context, status=422 if form.errors else 200)


def _delete(person: ListedPerson) -> HttpResponse:
    try:
        delete_listed(person=person)
    except DomainError as error:
        return page("refused", {"error": error}, status=error.status)
    return page("listed_gone", {"is_now": True})


def _confirm(person: ListedPerson, form: ListedForm) -> HttpResponse:
    if not form.is_valid():
        return _ask(person, form)
    try:
        _user, was_there = confirm_listed(person=person, told=form.cleaned_data)
    except Invalid as error:
        add_problems(form, error)
        return _ask(person, form)
    except DomainError as error:
        return page("refused", {"error": error}, status=error.status)
    return page("listed_confirmed", {"person": person, "was_there": was_there, "is_now": True})

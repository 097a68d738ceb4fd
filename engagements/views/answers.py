"""The page behind a link in an e-mail: it asks once more, and answers for the person it names, without signing in.

A GET changes nothing, since scanners of mails follow links. The page is made without the request: whoever is signed in
in the same browser has no part in it, and it sets no cookie.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from diaspora_net.core.errors import DomainError, Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from diaspora_net.core.limits import check_pace
from engagements.actions.answers import AnsweredAlready, answer_by_link, keep_draft_by_link, renew_by_link
from engagements.forms.answers import answer_form
from engagements.forms.lacks import KEEP, LacksForm
from engagements.payloads.answer_links import Claim, short_name
from engagements.queries.answers import Opened, open_claim, opened, over
from engagements.states.answers import lasts

MOST_IN_A_MINUTE, RENEWED_A_DAY = 120, 3


@csrf_exempt  # the signature in the address is the right to do this one thing, and nobody can send a form without it
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, answer on POST; say kindly when it is answered, has ended or the link is over."""
    try:
        check_pace("answer", get_adapter(request).get_client_ip(request), most=MOST_IN_A_MINUTE, seconds=60)
    except SlowDown as error:
        answer = page("refused", {"error": error}, status=error.status)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    if claim_over := over(token):
        return _renew(request, claim_over)
    found = opened(token)
    if found is None:
        return page("dead", {}, status=404)
    claim, person, is_in_time = found
    with translation.override(person.language), timezone.override(person.zone):
        link = open_claim(claim, person, is_in_time=is_in_time)
        if link is None:
            return page("dead", {}, status=404)
        if not link.is_in_time:
            return page("expired", _about(link), status=410)
        if not link.is_open:
            return page("answered", _about(link), status=409 if request.method == "POST" else 200)
        data = request.POST if request.method == "POST" else None
        form = answer_form(link.purpose, link.asked, data, request.GET.get("time", ""))
        if data is not None and KEEP in data and isinstance(form, LacksForm):
            return _keep(link, form)
        return _send(link, form) if data is not None and form.is_valid() else _ask(link, form)


def _renew(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Offer who has no account a new link. The pages are the same whether or not they take part still."""
    if request.method == "POST":
        try:
            check_pace("answer-renewed", claim.person, most=RENEWED_A_DAY, seconds=86400)
        except SlowDown as error:
            return page("refused", {"error": error}, status=error.status)
        renew_by_link(claim=claim)
        return page("renewed", {})
    return page("over", {"days": lasts(claim.purpose).days}, status=410)


def _send(link: Opened, form: Form) -> HttpResponse:
    try:
        answer_by_link(opened=link, values=form.cleaned_data)
    except AnsweredAlready:
        return page("answered", _about(link), status=409)
    except Invalid as error:
        add_problems(form, error)
        return _ask(link, form)
    except DomainError as error:
        return page("refused", {**_about(link), "error": error}, status=error.status)
    return page("done", _about(link))


def _keep(link: Opened, form: LacksForm) -> HttpResponse:
    try:
        keep_draft_by_link(opened=link, draft=form.draft())
    except AnsweredAlready:
        return page("answered", _about(link), status=409)
    except DomainError as error:
        return page("refused", {**_about(link), "error": error}, status=error.status)
    return page("kept", _about(link))


def _ask(link: Opened, form: Form) -> HttpResponse:
    return page("page", {**_about(link), "form": form}, status=422 if form.errors else 200)


def _about(link: Opened) -> dict[str, Any]:
    sign_in = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': link.asked.page})}"
    return {
        "link": link,
        "asked": link.asked,
        "name": short_name(link.person),
        "in_app_url": sign_in,
        "days": lasts(link.purpose).days,
        "purpose": link.purpose.value,
    }


def page(name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return one of the pages of ``engagements/answers/``, that no cache keeps, no search engine lists and no other
    site is told of.
    """
    answer = HttpResponse(render_to_string(f"engagements/answers/{name}.html", context), status=status)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store, private"
    # Django writes the address of every refused request into its log, and here the address is the right to answer.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer

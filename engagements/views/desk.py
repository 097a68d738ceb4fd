"""The coordinator's desk: what waits today, and what is done with it in place."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import add_problems
from engagements.actions import casework, needs
from engagements.actions import coordination as actions
from engagements.forms.casework import OwnerForm
from engagements.forms.desk import ReviewForm, SnoozeForm
from engagements.models import Need
from engagements.queries import casework as cases
from engagements.queries import desk as queries
from engagements.queries.first_contact import recent_first_contact
from engagements.queries.watching import get_proposal_to_watch
from engagements.rules.casework import Thing
from engagements.states.clocks import WaitingKind
from engagements.states.desk import OtherKind


@signed_in
def desk(request: SignedInRequest) -> HttpResponse:
    """Show what waits in the coordinator's countries; ``only`` narrows the queue to one group, or to one's own."""
    found = queries.desk(request.user, request.GET.get("only", ""))
    return render(request, "engagements/desk.html", {"desk": found, "only": _only(found)})


def _only(found: queries.Desk) -> str:
    """Return in words what the queue is narrowed to."""
    if found.only == "mine":
        return _("what I look after")
    return next((count.label for count in (*found.top, *found.others) if count.group == found.only), "")


@signed_in
def desk_contact(request: SignedInRequest) -> HttpResponse:
    """Say how many needs had a first useful contact within seven days; the desk asks for it once it is there."""
    countries = remit_countries(request.user)
    if not countries:
        raise Http404
    return render(request, "engagements/desk_contact.html", {"mission": recent_first_contact(countries)})


@signed_in
def desk_news(request: SignedInRequest) -> HttpResponse:
    """Say how many things began to wait since the page was made; nothing moves until one asks to see them."""
    moment = _moment(request.GET.get("since", "")) or timezone.now()
    count = queries.new_since(request.user, moment)
    if not count:
        return HttpResponse(status=204)
    return render(request, "engagements/desk_news.html", {"count": count})


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


@signed_in
def desk_item(request: SignedInRequest, key: str) -> HttpResponse:
    """Show one thing with everything that can be done with it; without htmx that is a page of its own."""
    item = queries.desk_item(request.user, key)
    if item is None:
        raise Http404
    if not item.noun:
        return redirect(item.url)
    if not request.headers.get("HX-Request"):
        return redirect("engagements:case", noun=item.noun, reference=item.case)
    return _row(request, item, is_open=True)


def _row(
    request: SignedInRequest, item: queries.Item, *, is_open: bool = False, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render one row of the queue, with its forms when it is open."""
    context: dict[str, Any] = {"item": item, "has_focus": True, "is_open": is_open, **extra}
    if is_open:
        page = cases.case_page(request.user, cases.get_thing(request.user, item.noun, item.case))
        today = timezone.localdate(timezone=request.user.zone)
        owner = page.case.owner if page.case else None
        context.setdefault(
            "owner_form",
            OwnerForm(
                colleagues=page.colleagues,
                initial={"owner": str(owner.public_id)} if owner else None,
                auto_id=f"owner-{item.key}_%s",
            ),
        )
        context.setdefault("rest_form", SnoozeForm(today=today, auto_id=f"rest-{item.key}_%s"))
        context["notes"] = page.notes
        if item.kind == WaitingKind.CHECK:
            context["need"] = page.thing
            context.setdefault("review_form", ReviewForm(auto_id=f"review-{item.key}_%s"))
    return render(request, "engagements/desk_row.html", context, status=status)


@signed_in
@require_POST
def item_remind(request: SignedInRequest, key: str) -> HttpResponse:
    """Remind whoever is waited for, in the words of what waits; of quiet work both sides."""

    def act(item: queries.Item, _thing: Thing) -> str:
        if item.kind == OtherKind.AT_RISK:
            engagement = get_proposal_to_watch(request.user, item.case).engagement
            actions.remind_both_sides(actor=request.user, engagement=engagement)
            return _("Both sides are reminded.")
        actions.remind_step(actor=request.user, kind=WaitingKind(item.kind), row=item.row)
        return _("Reminded.")

    return _done(request, key, act)


@signed_in
@require_POST
def item_review(request: SignedInRequest, key: str) -> HttpResponse:
    """Open a submitted need, or send it back with what to change, from its checklist on the desk."""

    def act(item: queries.Item, thing: Thing) -> str:
        if item.kind != WaitingKind.CHECK or not isinstance(thing, Need):
            raise Conflict(_("This waits no more: somebody was quicker."))
        form = ReviewForm(request.POST, auto_id=f"review-{item.key}_%s")
        if not form.is_valid():
            raise Refused(review_form=form)
        checked = dict(form.cleaned_data)
        note = checked.pop("note")
        try:
            if request.POST.get("decision") == "request-changes":
                needs.request_changes(actor=request.user, need=thing, note=note)
                return _("Sent back with your note.")
            needs.publish_need(actor=request.user, need=thing, checklist=needs.Readiness(**checked), note=note)
        except Invalid as error:
            add_problems(form, error)
            raise Refused(review_form=form) from None
        return _("The need is open. Experts who fit see it now.")

    return _done(request, key, act, can_undo=False)


@signed_in
@require_POST
def item_take(request: SignedInRequest, key: str) -> HttpResponse:
    """Look after a thing oneself."""

    def act(_item: queries.Item, thing: Thing) -> str:
        casework.assign_case(actor=request.user, thing=thing, owner=request.user)
        return _("You look after it now.")

    return _done(request, key, act)


@signed_in
@require_POST
def item_assign(request: SignedInRequest, key: str) -> HttpResponse:
    """Say which colleague looks after a thing."""

    def act(item: queries.Item, thing: Thing) -> str:
        page = cases.case_page(request.user, thing)
        form = OwnerForm(request.POST, colleagues=page.colleagues, auto_id=f"owner-{item.key}_%s")
        if not form.is_valid():
            raise Refused(owner_form=form)
        casework.assign_case(actor=request.user, thing=thing, owner=form.chosen())
        return _("Noted who looks after it.")

    return _done(request, key, act)


@signed_in
@require_POST
def item_rest(request: SignedInRequest, key: str) -> HttpResponse:
    """Let a thing rest for some days, with a reason."""

    def act(item: queries.Item, thing: Thing) -> str:
        today = timezone.localdate(timezone=request.user.zone)
        form = SnoozeForm(request.POST, today=today, auto_id=f"rest-{item.key}_%s")
        try:
            if not form.is_valid():
                raise Refused(rest_form=form)
            casework.rest_case(actor=request.user, thing=thing, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
            raise Refused(rest_form=form) from None
        return _("It rests until that day, for all of you.")

    return _done(request, key, act)


class Refused(Exception):
    """A form of a row was not accepted; it comes back with what was typed."""

    def __init__(self, **forms: Any) -> None:
        super().__init__()
        self.forms = forms


def _done(
    request: SignedInRequest, key: str, act: Callable[[queries.Item, Thing], str], *, can_undo: bool = True
) -> HttpResponse:
    """Do something with a thing of the desk and answer with its row, or with the desk for who has no scripts.

    That somebody was quicker is news, not a dead end.
    """
    item = queries.desk_item(request.user, key)
    if item is None:
        return _gone(request, key, _("This waits no more: somebody was quicker."))
    try:
        told, is_refused = act(item, cases.get_thing(request.user, item.noun, item.case)), False
    except Refused as refused:
        if request.headers.get("HX-Request"):
            return _row(request, item, is_open=True, status=422, **refused.forms)
        return render(
            request, "engagements/desk_refused.html", {"item": item, "form_errors": True, **refused.forms}, status=422
        )
    except Conflict as error:
        told, is_refused = error.message, True
    if not request.headers.get("HX-Request"):
        (messages.warning if is_refused else messages.success)(request, told)
        return redirect("engagements:desk")
    now = queries.desk_item(request.user, key)
    return _row(request, now, told=told) if now else _gone(request, key, told, item if can_undo else None)


def _gone(request: SignedInRequest, key: str, told: str, item: queries.Item | None = None) -> HttpResponse:
    """Say that a thing left the desk, where it stood."""
    if not request.headers.get("HX-Request"):
        messages.info(request, told)
        return redirect("engagements:desk")
    context = {"key": key, "told": told, "item": item, "next": reverse("engagements:desk")}
    return render(request, "engagements/desk_gone.html", context)


ACTS = (
    ("remind", item_remind),
    ("review", item_review),
    ("take", item_take),
    ("assign", item_assign),
    ("rest", item_rest),
)

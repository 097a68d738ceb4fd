"""Report what was said; and for coordinators, work on reports and let conversations rest."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions import reports as actions
from engagements.forms.talks import PauseForm, ReportForm, WordsForm
from engagements.models import Report
from engagements.queries import talks as queries
from engagements.rules import talk as rules
from messaging.models import Conversation
from messaging.queries.conversations import get_conversation


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report_new(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Ask what happened and which messages show it; the last five are ticked."""
    talk = get_conversation(request.user, id)
    people = queries.talkers_ever(talk, request.user)
    shown = queries.reportable_messages(request.user, talk)
    seqs = [message.seq for message in shown]
    suspect = next((message.sender for message in reversed(shown) if message.sender_id != request.user.pk), None)
    form = ReportForm(request.POST if request.method == "POST" else None, people=people, seqs=seqs, suspect=suspect)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("about")
        about = next(one for one in people if str(one.public_id) == chosen)
        with refusals_on(form):
            actions.file_report(
                actor=request.user, conversation=talk, about=about, seqs=values.pop("messages"), **values
            )
            told = _("Thank you for telling us. A coordinator looks at it within one working day.")
            messages.success(request, told)
            return redirect("messaging:conversation", talk.pk)
    ticked = request.POST.getlist("messages") if form.is_bound else [str(seq) for seq in seqs[-queries.TICKED :]]
    context = {"conversation": talk, "form": form, "shown": shown, "ticked": ticked}
    return render(request, "engagements/report_form.html", context, status=422 if form.errors else 200)


# ── coordinators ────────────────────────────────────────────────────────────────────────────────────────────────────
@require_safe
@signed_in
def report(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a report; what was reported only to who has taken it on."""
    return _report_page(request, queries.get_report(request.user, reference))


def _report_page(request: SignedInRequest, found: Report, status: int = 200, **forms: Any) -> HttpResponse:
    may_read = rules.can_read_snapshot(request.user, found)
    context = {
        "report": found,
        "may_read": may_read,
        "is_unchanged": may_read and actions.digest_of(found.snapshot) == found.digest,
        "pause": queries.open_pause(found.conversation),
        "act_form": WordsForm(initial={"text": found.done}, auto_id="act_%s"),
        "close_form": WordsForm(auto_id="close_%s"),
        **forms,
    }
    return render(request, "engagements/report.html", context, status=status)


@require_POST
@signed_in
def report_work(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """Take a report on, write down what was done, or close it."""
    found = queries.get_report(request.user, reference)
    if step == "take":
        actions.take_report(actor=request.user, report=found)
        messages.success(request, _("This report is yours now. That you read it stands in the audit trail."))
        return redirect("engagements:report", found.reference)
    form = WordsForm(request.POST, auto_id=f"{step}_%s")
    if form.is_valid():
        text = form.cleaned_data["text"]
        if step == "act":
            actions.act_on_report(actor=request.user, report=found, done=text)
            messages.success(request, _("Written down."))
        else:
            actions.close_report(actor=request.user, report=found, outcome=text)
            messages.success(request, _("The report is closed, and who made it is told so."))
        return redirect("engagements:report", found.reference)
    return _report_page(request, found, status=422, **{f"{step}_form": form})


@require_safe
@signed_in
def talk_watch(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Show the coordinator whether a conversation rests, and nothing of what it says."""
    return _watch_page(request, queries.get_talk_to_watch(request.user, id), PauseForm())


def _watch_page(request: SignedInRequest, talk: Conversation, form: PauseForm) -> HttpResponse:
    context = {
        "conversation": talk,
        "need": queries.need_of(talk),
        "pause": queries.open_pause(talk),
        "earlier": queries.earlier_pauses(talk),
        "form": form,
    }
    return render(request, "engagements/talk_watch.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def talk_pause(request: SignedInRequest, id: uuid.UUID, step: str) -> HttpResponse:  # noqa: A002
    """Let a conversation rest, or let people write in it again."""
    talk = queries.get_talk_to_watch(request.user, id)
    if step == "lift":
        actions.lift_talk(actor=request.user, conversation=talk)
        messages.success(request, _("People can write again."))
        return redirect("engagements:talk-watch", talk.pk)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _watch_page(request, talk, form)
    actions.pause_talk(actor=request.user, conversation=talk, reason=form.cleaned_data["reason"])
    messages.success(request, _("Nobody can write in it until you lift the pause."))
    return redirect("engagements:talk-watch", talk.pk)

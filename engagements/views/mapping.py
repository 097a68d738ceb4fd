"""Answer a mapping wave without an account and without script, and come back to one's answers with a link.

A GET changes nothing. The pages are made without the request, set no cookie, and who is signed in has no part in them,
except where somebody begins a profile.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict, DomainError, Invalid, SlowDown
from diaspora_net.core.forms import add_problems
from diaspora_net.core.limits import check_pace
from engagements.actions import wave_answers as actions
from engagements.forms.waves import AnswerForm, ResultsForm, answered_initial, new_key
from engagements.models import MappingAnswer, MappingWave
from engagements.queries import waves as queries
from engagements.queries.wave_pages import results_document
from engagements.states.donor_reports import Readers
from engagements.states.waves import Purpose
from engagements.views.answers import page
from engagements.views.files_of_documents import document_file, drawn_kinds

# Many may sit behind one address: a room of an association, or a mobile network.
MOST_SENT, MOST_OPENED = 60, 240


@csrf_exempt  # no session has a part in it: whoever sends the form answers for themselves
@require_http_methods(["GET", "HEAD", "POST"])
def wave_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the questions of a wave, and keep what is answered."""
    if held := _held_back(request):
        return held
    try:
        wave = queries.wave_to_answer(reference)
    except Http404:
        return page("wave_dead", {}, status=404)
    questions = queries.questions_of(wave)
    if request.method != "POST":
        form = AnswerForm(questions=questions, initial={"key": new_key(), "by": request.GET.get("by", "")})
        return page("wave_form", {"wave": wave, "form": form})
    form = AnswerForm(request.POST, questions=questions)
    if request.POST.get("homepage"):
        return page("wave_done", {"wave": wave, "is_mailed": True})
    if form.is_valid() and form.form_key is not None:
        try:
            answer = actions.give_answers(wave=wave, given=form.given(), form_key=form.form_key)
        except Invalid as error:
            _add(form, error)
        except DomainError as error:
            return page("refused", {"error": error}, status=error.status)
        else:
            return _done(wave, answer, is_mailed=bool(form.cleaned_data.get("email")))
    return page("wave_form", {"wave": wave, "form": form.renewed()}, status=422)


def _done(wave: MappingWave, answer: MappingAnswer, *, is_mailed: bool) -> HttpResponse:
    """Say thanks: with an address the link goes there only, whoever had answered with it before."""
    link = "" if is_mailed else reverse("engagements:wave-mine", args=[queries.answer_token(answer)])
    return page("wave_done", {"wave": wave, "is_mailed": is_mailed, "link": link})


def _held_back(request: HttpRequest) -> HttpResponse | None:
    """Return what is answered to whoever opens or sends too much."""
    what, most = ("wave-sent", MOST_SENT) if request.method == "POST" else ("wave-opened", MOST_OPENED)
    try:
        check_pace(what, get_adapter(request).get_client_ip(request), most=most, seconds=600)
    except SlowDown as error:
        answer = page("refused", {"error": error}, status=error.status)
        answer["Retry-After"] = str(error.retry_after)
        return answer
    return None


def _add(form: AnswerForm, error: Invalid) -> None:
    if "agreed" in error.fields:
        form.add_error("agree_results", error.fields["agreed"])
    else:
        add_problems(form, error)


@require_http_methods(["GET", "HEAD"])
def wave_mine(request: HttpRequest, token: str) -> HttpResponse:
    """Show somebody what is kept of their answers."""
    if held := _held_back(request):
        return held
    answer = queries.answer_of(token)
    if answer is None:
        return page("wave_dead", {}, status=404)
    return page("wave_mine", _about(answer, token))


def _about(answer: MappingAnswer, token: str) -> dict[str, Any]:
    said = []
    for question in queries.questions_of(answer.wave):
        names = dict(question.choices)
        words = [names[code] for code in answer.answers.get(question.code, ()) if code in names]
        if words:
            said.append((question.label, ", ".join(words)))
    text = answer.wave.consents[answer.consent_version - 1]["text"]
    agreed = [Purpose(one).label for one in answer.agreed]
    return {"answer": answer, "wave": answer.wave, "said": said, "consent": text, "agreed": agreed, "token": token}


@csrf_exempt  # the signature in the address is the right to do this one thing
@require_http_methods(["GET", "HEAD", "POST"])
def wave_change(request: HttpRequest, token: str) -> HttpResponse:
    """Put new answers in the place of those that were given."""
    if held := _held_back(request):
        return held
    answer = queries.answer_of(token)
    if answer is None or not answer.wave.takes_answers:
        return page("wave_dead", {}, status=404)
    questions = queries.questions_of(answer.wave)
    if request.method == "POST":
        form = AnswerForm(request.POST, questions=questions, has_address=False)
        if form.is_valid():
            try:
                actions.change_answers(answer=answer, given=form.given())
            except Invalid as error:
                _add(form, error)
            except DomainError as error:
                return page("refused", {"error": error}, status=error.status)
            else:
                return redirect("engagements:wave-mine", token=token)
    else:
        initial = answered_initial(answer.answers, answer.agreed, questions)
        form = AnswerForm(questions=questions, has_address=False, initial=initial)
    context = {"wave": answer.wave, "form": form.renewed(), "token": token}
    return page("wave_form", context, status=422 if form.errors else 200)


@csrf_exempt  # the signature in the address is the right to do this one thing
@require_POST
def wave_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Delete what somebody answered."""
    answer = queries.answer_of(token)
    if answer is None:
        return page("wave_dead", {}, status=404)
    actions.withdraw_answers(answer=answer)
    return page("wave_gone", {"wave": answer.wave})


@signed_in
def wave_profile(request: SignedInRequest, token: str) -> HttpResponse:
    """Begin a profile with one's answers, once signed in."""
    answer = queries.answer_of(token)
    if answer is None:
        return page("wave_dead", {}, status=404)
    if request.method == "POST":
        try:
            actions.begin_profile(actor=request.user, answer=answer)
        except Conflict as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Your profile has begun with your answers. Look it over and complete it."))
        return redirect("mentors:me")
    return render(request, "engagements/wave_profile.html", _about(answer, token))


def wave_shown(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everybody what a wave found, without the numbers of fewer than ten."""
    wave, form = _asked(request, reference)
    document = results_document(wave, Readers.PUBLIC, form.chosen()[1])
    context = {
        "wave": wave,
        "form": form if form.others else None,
        "document": document,
        "kinds": drawn_kinds(document.figures),
        "query": request.GET.urlencode(),
    }
    return render(request, "engagements/wave_shown.html", context)


def wave_shown_file(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Download what a wave found."""
    wave, form = _asked(request, reference)
    return document_file(results_document(wave, Readers.PUBLIC, form.chosen()[1]), kind, f"survey-{wave.reference}")


def _asked(request: HttpRequest, reference: str) -> tuple[MappingWave, ResultsForm]:
    wave = queries.shown_wave(reference)
    asked = {"readers": Readers.PUBLIC, "beside": request.GET.get("beside", "")}
    return wave, ResultsForm(asked, others=queries.waves_to_compare(wave, shown_only=True))

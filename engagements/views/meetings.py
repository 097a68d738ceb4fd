"""The pages on which both sides agree when a session is held."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.payloads import city_of
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.forms import refusals_on
from engagements.actions import meeting_ends, meetings
from engagements.actions.clock_changes import keep_agreed
from engagements.forms.meetings import AbsentForm, CancelMeetingForm, MeetingForm, read_start
from engagements.models import Engagement
from engagements.models.meeting import MEETING_MINUTES
from engagements.queries import meetings as queries
from engagements.queries.work import get_engagement
from engagements.reports.calendar import Entry, calendar_links, event_file
from engagements.rules.work import side_of
from engagements.states import LOGGING_STATES, MeetingState


def _form(
    request: SignedInRequest, engagement: Engagement, clocks: queries.EngagementClocks, **initial: Any
) -> MeetingForm:
    """Return the form with suggestions for the length that was asked for; ticked times stay in it."""
    data: QueryDict | None = request.POST if request.method == "POST" else None
    asked = (data or request.GET).get("minutes", str(initial.get("minutes", 60)))
    minutes = int(asked) if asked in map(str, MEETING_MINUTES) else 60
    moments = queries.starts_for(engagement, minutes)
    ticked = [read_start(text) for text in data.getlist("times")] if data else []
    every = sorted({*moments, *(moment for moment in ticked if moment)})
    starts = [(moment.isoformat(), str(clocks.at(moment))) for moment in every]
    return MeetingForm(data, starts=starts, initial={**initial, "minutes": minutes})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def meeting_propose(request: SignedInRequest, reference: str) -> HttpResponse:
    """Propose times for a session."""
    found = get_engagement(request.user, reference)
    side = side_of(request.user, found)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if found.state not in LOGGING_STATES:
        raise Conflict(_("Times are agreed while the work is agreed or under way."))
    form = _form(request, found, queries.clocks_for(request.user, found, side))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meeting = meetings.propose_meeting(actor=request.user, engagement=found, **form.cleaned_data)
            messages.success(request, _("Sent. The other side chooses one of the times."))
            return redirect("engagements:meeting", reference=meeting.reference)
    return _times_page(request, form, found, reverse("engagements:engagement", args=[reference]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def meeting_times(request: SignedInRequest, reference: str) -> HttpResponse:
    """Propose other times for an appointment, which moves an agreed one."""
    page = queries.meeting_page(request.user, reference)
    meeting, engagement = page.meeting, page.meeting.engagement
    if page.side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if not page.can_offer:
        raise Conflict(_("This session cannot be moved any more."))
    form = _form(request, engagement, page.clocks, minutes=meeting.minutes, place=meeting.place)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meetings.offer_times(actor=request.user, meeting=meeting, **form.cleaned_data)
            messages.success(request, _("Sent. The other side chooses one of the times."))
            return redirect("engagements:meeting", reference=reference)
    return _times_page(request, form, engagement, reverse("engagements:meeting", args=[reference]))


def _times_page(request: SignedInRequest, form: MeetingForm, engagement: Engagement, back: str) -> HttpResponse:
    context = {"form": form, "engagement": engagement, "back": back, "city": city_of(request.user.time_zone)}
    return render(request, "engagements/meeting_times.html", context, status=422 if form.errors else 200)


@signed_in
def meeting(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an appointment and what one can do about it."""
    return _page(request, reference)


def _page(request: SignedInRequest, reference: str, **forms: Form) -> HttpResponse:
    """Render the page; a form that was refused comes back in ``forms``, with status 422."""
    page = queries.meeting_page(request.user, reference)
    context = {
        "page": page,
        "meeting": page.meeting,
        "engagement": page.meeting.engagement,
        "calendar_links": _calendar_links(request, page),
        "cancel_form": CancelMeetingForm(auto_id="cancel_%s"),
        "absent_form": AbsentForm(auto_id="absent_%s"),
        "refused": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "engagements/meeting.html", context, status=422 if forms else 200)


def _calendar_links(request: SignedInRequest, page: queries.MeetingPage) -> list[tuple[str, str]]:
    """Return where an agreed session can be put into a calendar on the web."""
    if page.side is None or page.meeting.state != MeetingState.CONFIRMED or page.agreed is None:
        return []
    return calendar_links(request.user, Entry(page.meeting, page.agreed))


@require_safe
@signed_in
def meeting_file(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give an agreed session as a file for calendars."""
    page = queries.meeting_page(request.user, reference)
    if page.side is None or page.agreed is None:
        raise Http404
    body = event_file(request.user, Entry(page.meeting, page.agreed))
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="session.ics"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@signed_in
@require_POST
def meeting_keep(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep what was agreed although clocks have changed."""
    found = queries.get_meeting(request.user, reference)
    kept = keep_agreed(actor=request.user, meeting=found, side=request.POST.get("side", ""))
    is_kept = kept.state == MeetingState.CONFIRMED
    messages.success(request, _("Kept. The other side is told.") if is_kept else _("Proposed to the other side."))
    return redirect("engagements:meeting", reference=reference)


@signed_in
@require_POST
def meeting_choose(request: SignedInRequest, reference: str) -> HttpResponse:
    """Agree to one of the times."""
    found = queries.get_meeting(request.user, reference)
    moment = read_start(request.POST.get("time", ""))
    if moment is None:
        messages.error(request, _("Choose one of the times."))
        return redirect("engagements:meeting", reference=reference)
    meetings.choose_time(actor=request.user, meeting=found, starts_at=moment)
    messages.success(request, _("Agreed. The other side is told."))
    return redirect("engagements:meeting", reference=reference)


@signed_in
@require_POST
def meeting_cancel(request: SignedInRequest, reference: str) -> HttpResponse:
    """Call an appointment off."""
    found = queries.get_meeting(request.user, reference)
    form = CancelMeetingForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return _page(request, reference, cancel_form=form)
    meeting_ends.cancel_meeting(actor=request.user, meeting=found, reason=form.cleaned_data["reason"])
    messages.success(request, _("Called off. The other side is told."))
    return redirect("engagements:meeting", reference=reference)


@signed_in
@require_POST
def meeting_held(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that the session was held, and go on to its log."""
    found = queries.get_meeting(request.user, reference)
    meeting_ends.hold_meeting(actor=request.user, meeting=found)
    address = reverse("engagements:engagement", args=[found.engagement.reference])
    return redirect(f"{address}?meeting={reference}#log")


@signed_in
@require_POST
def meeting_missed(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say who did not come."""
    found = queries.get_meeting(request.user, reference)
    form = AbsentForm(request.POST, auto_id="absent_%s")
    if not form.is_valid():
        return _page(request, reference, absent_form=form)
    meeting_ends.miss_meeting(actor=request.user, meeting=found, absent=form.cleaned_data["absent"])
    messages.success(request, _("Noted. Propose another time when you like."))
    return redirect("engagements:meeting", reference=reference)

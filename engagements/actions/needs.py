"""Change needs: write, submit, review, pause, close, and count their places.

Every state change goes through ``advance``; the terms that matching reads are rewritten in the same transaction.
"""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.need_notes import resolve_notes
from engagements.actions.need_values import (
    NeedSkillEntry,
    NeedValues,
    Readiness,
    check_values,
    missing_for_submitting,
    missing_of_job,
    write_values,
)
from engagements.actions.terms import rewrite_terms
from engagements.models import Need, NeedReview
from engagements.rules import needs as rules
from engagements.states import (
    EDITABLE_NEED_STATES,
    NEED_TRANSITIONS,
    OPEN_NEED_STATES,
    TAKING_NEED_STATES,
    NeedResult,
    NeedState,
)
from messaging.actions.notifications import notify

__all__ = [
    "NeedSkillEntry",
    "NeedValues",
    "Readiness",
    "change_need",
    "close_need",
    "draft_need",
    "pause_need",
    "publish_need",
    "reject_need",
    "release_place",
    "request_changes",
    "resume_need",
    "submit_need",
    "take_place",
    "withdraw_need",
]


@transaction.atomic
def draft_need(*, actor: User, organisation: Organisation, values: NeedValues) -> Need:
    """Write a new need that nobody outside the organisation sees yet.

    Raises NotAllowed unless ``actor`` speaks for the organisation, Invalid with the problem of each field.
    Effects: need with skills and languages, audit entry.
    """
    if not rules.can_write_need(actor, organisation):
        raise NotAllowed(_("Only people who speak for the organisation write its needs."))
    check_values(values, organisation)
    need = write_values(Need(organisation=organisation, created_by=actor), values)
    audit.record(actor=actor, verb="engagements.need.drafted", obj=need)
    return need


@transaction.atomic
def change_need(*, actor: User, need: Need, values: NeedValues) -> Need:
    """Rewrite a need that is a draft or was sent back.

    Raises NotAllowed unless ``actor`` speaks for the organisation, Conflict when it is no longer a draft, Invalid
    with the problem of each field. Effects: need with skills and languages, audit entry.
    """
    if not rules.can_write_need(actor, need.organisation):
        raise NotAllowed(_("Only people who speak for the organisation write its needs."))
    present = lock(need)
    if present.state not in EDITABLE_NEED_STATES:
        raise Conflict(_("This need has been sent already, so its text stays as it is."))
    check_values(values, need.organisation)
    write_values(present, values)
    rewrite_terms(present)
    audit.record(actor=actor, verb="engagements.need.changed", obj=need)
    need.refresh_from_db()
    return need


@transaction.atomic
def submit_need(*, actor: User, need: Need) -> Need:
    """Send a need to the country's coordinators for checking.

    Raises NotAllowed unless ``actor`` speaks for the organisation; Invalid unless the organisation is verified and
    title, a required skill, language, hours and a focal point who speaks for it are there. Effects: state, terms,
    notes of the coordinator resolved, audit entry, news to coordinators.
    """
    if not rules.can_write_need(actor, need.organisation):
        raise NotAllowed(_("Only people who speak for the organisation send its needs."))
    if not is_trusted(need.organisation):
        raise Invalid(
            _("Your organisation is not verified yet. Save the need as a draft, and send it once you are verified.")
        )
    if problems := missing_for_submitting(need):
        raise Invalid(_("Something is still missing."), fields=problems)
    advance(need, NeedState.SUBMITTED, NEED_TRANSITIONS, submitted_at=timezone.now())
    rewrite_terms(need)
    entry = audit.record(actor=actor, verb="engagements.need.submitted", obj=need, **resolve_notes(need=need))
    for coordinator in coordinators_of(need.organisation.country.code):
        notify(
            user=coordinator,
            verb="engagements.need.submitted",
            text=gettext_noop("%(organisation)s asks you to check a need: %(title)s"),
            params=_params(need),
            url=reverse("engagements:need", args=[need.reference]),
            event_key=f"need-submitted:{entry.pk}",
        )
    return need


def publish_need(*, actor: User, need: Need, checklist: Readiness, note: str = "") -> Need:
    """Open a submitted need to experts. Needs the whole checklist ticked, or a note that says why not; a job
    must state what makes it decent.

    Effects: see ``_review``.
    """
    if not checklist.is_complete and not note.strip():
        message = _("Tick everything, or say in a note why it can open as it is.")
        raise Invalid(message, fields={"note": message})
    if problems := missing_of_job(need):
        raise Invalid(" ".join(problems.values()), fields={"note": " ".join(problems.values())})
    return _review(
        actor=actor,
        need=need,
        to=NeedState.PUBLISHED,
        note=note,
        text=gettext_noop("Your need is open to experts: %(title)s"),
        checklist=checklist,
        published_at=timezone.now(),
    )


def request_changes(*, actor: User, need: Need, note: str) -> Need:
    """Send a submitted need back with what to change. Effects: see ``_review``."""
    _require_note(note)
    text = gettext_noop("The coordinator asks for changes to your need: %(title)s")
    return _review(actor=actor, need=need, to=NeedState.CHANGES_REQUESTED, note=note, text=text)


def reject_need(*, actor: User, need: Need, note: str) -> Need:
    """Refuse a submitted need for good, with the reason. Effects: see ``_review``."""
    _require_note(note)
    text = gettext_noop("Your need was not accepted: %(title)s")
    return _review(actor=actor, need=need, to=NeedState.REJECTED, note=note, text=text)


@transaction.atomic
def _review(
    *, actor: User, need: Need, to: str, note: str, text: str, checklist: Readiness | None = None, **values: Any
) -> Need:
    """Record a coordinator's decision. Raises NotAllowed unless ``actor`` coordinates the country and is no member.

    Effects: state with note, review with checklist, terms, audit entry, news to who wrote it and the focal point.
    """
    if not rules.can_review_need(actor, need):
        raise NotAllowed(
            _("Only a coordinator of its country who does not belong to the organisation decides about a need.")
        )
    if to == NeedState.PUBLISHED and not is_trusted(need.organisation):
        raise Conflict(_("The organisation is not verified at present, so its needs cannot open."))
    advance(need, to, NEED_TRANSITIONS, review_note=note.strip(), **values)
    review = NeedReview.objects.create(
        need=need, reviewed_by=actor, decision=to, note=note.strip(), **asdict(checklist or Readiness())
    )
    rewrite_terms(need)
    audit.record(actor=actor, verb=f"engagements.need.{to}", obj=need, review=review.pk)
    for person in speakers_of(need.organisation).filter(pk__in={need.created_by_id, need.focal_point_id}):
        notify(
            user=person,
            verb=f"engagements.need.{to}",
            text=text,
            params=_params(need),
            url=reverse("engagements:need", args=[need.reference]),
            event_key=f"need-review:{review.pk}",
        )
    return need


@transaction.atomic
def pause_need(*, actor: User, need: Need) -> Need:
    """Take an open need out of lists and suggestions for a while. Effects: state, terms, audit entry."""
    return _run(actor, need, NeedState.PAUSED)


@transaction.atomic
def resume_need(*, actor: User, need: Need) -> Need:
    """Open a paused need again.

    Raises Conflict when the organisation is not verified. Effects: state, terms, audit entry.
    """
    present = lock(need)
    if not is_trusted(present.organisation):
        raise Conflict(_("The organisation is not verified at present, so its needs cannot open."))
    if present.state != NeedState.PAUSED:
        raise Conflict(_("This need is not paused."))
    return _run(actor, need, NeedState.IN_ENGAGEMENT if present.places_taken else NeedState.PUBLISHED)


@transaction.atomic
def withdraw_need(*, actor: User, need: Need) -> Need:
    """Take back a need before any work on it. ``actions.closing`` also ends its proposals.

    Effects: state, terms, audit entry.
    """
    if lock(need).places_taken:
        raise Conflict(_("Work on this need is under way. Close it instead when that has ended."))
    return _run(actor, need, NeedState.WITHDRAWN, closed_at=timezone.now())


@transaction.atomic
def close_need(*, actor: User, need: Need, result: str) -> Need:
    """Close a need and say whether it was met. ``actions.closing`` also ends its proposals.

    Effects: state, terms, audit entry.
    """
    if result not in NeedResult.values:
        message = _("Say whether the need was met.")
        raise Invalid(message, fields={"result": message})
    return _run(actor, need, NeedState.CLOSED, result=result, closed_at=timezone.now())


def _run(actor: User, need: Need, to: str, **values: Any) -> Need:
    if not rules.can_run_need(actor, need):
        raise NotAllowed(_("Only the organisation and the country's coordinator decide about this need."))
    advance(need, to, NEED_TRANSITIONS, **values)
    rewrite_terms(need)
    audit.record(actor=actor, verb=f"engagements.need.{to}", obj=need, **_codes(values))
    return need


@transaction.atomic
def take_place(*, need: Need) -> Need:
    """Count one more engagement. Raises Conflict when the need is not open or full. Effects: places, state, terms.

    Locks the need, so of two who accept at once for the last place one is refused.
    """
    present = lock(need)
    if present.state not in TAKING_NEED_STATES or present.places_taken >= present.places:
        raise Conflict(_("This need has no free place any more."))
    return _count_places(need, present, present.places_taken + 1)


@transaction.atomic
def release_place(*, need: Need) -> Need:
    """Count one engagement less; an open need gets its place back, a paused or closed one only the number.

    Effects: places, state, terms.
    """
    present = lock(need)
    return _count_places(need, present, max(0, present.places_taken - 1))


def _count_places(need: Need, present: Need, taken: int) -> Need:
    state = present.state
    is_renewed = state == NeedState.STALE and taken > present.places_taken
    if is_renewed or state in OPEN_NEED_STATES or state == NeedState.FILLED:
        state = (
            NeedState.FILLED if taken >= present.places else NeedState.IN_ENGAGEMENT if taken else NeedState.PUBLISHED
        )
    if state == present.state:
        Need.objects.filter(pk=need.pk).update(places_taken=taken)
        need.refresh_from_db()
    else:
        advance(need, state, NEED_TRANSITIONS, places_taken=taken)
        rewrite_terms(need)
    return need


def _require_note(note: str) -> None:
    if not note.strip():
        message = _("Say what has to change, or why: the organisation reads it.")
        raise Invalid(message, fields={"note": message})


def _params(need: Need) -> dict[str, str]:
    return {"title": need.title, "organisation": need.organisation.name}


def _codes(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if isinstance(value, str)}

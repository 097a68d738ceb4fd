"""Decide about organisations: one coordinator recommends, another verifies; or ask for documents, or suspend.

Each act locks the organisation before it looks at what was said about it, so that of two at once one is refused.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts import rules
from diaspora_net.accounts.models import Organisation, OrganisationDecision, User, Verification
from diaspora_net.accounts.queries.due_diligence import checklist_of
from diaspora_net.accounts.queries.organisations import speakers_of
from diaspora_net.accounts.queries.verification import open_verification, seconds_for
from diaspora_net.accounts.states import (
    CHECKED_STATES,
    ORGANISATION_TRANSITIONS,
    REAPPLYING_STATES,
    RENEWING_STATES,
    VERIFICATION_TRANSITIONS,
    DocumentKind,
    OrganisationState,
    VerificationState,
)
from diaspora_net.core import audit, standing
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.news import tell
from diaspora_net.core.transitions import advance, lock

# Due diligence is done anew after a year: people, addresses and mandates change.
GOOD_FOR = timedelta(days=365)
_PAGES: dict[str, str] = {OrganisationState.DOCUMENTS_REQUESTED: "engagements:organisation-verification"}


@transaction.atomic
def recommend_organisation(*, actor: User, organisation: Organisation, reason: str) -> Verification:
    """Say that an organisation is who it says, as the first of two coordinators.

    Raises NotAllowed unless ``actor`` coordinates its country and is no member, Invalid without a reason or while a
    required check is missing or found a concern, Conflict when somebody has recommended it who still coordinates,
    InvalidTransition when nothing is to be checked. Effects: recommendation, state where it was asked for documents or
    suspended, audit entry, news to who may decide.
    """
    _check(actor, organisation, reason)
    present = lock(organisation)
    if present.state not in CHECKED_STATES:
        raise InvalidTransition(_("This organisation is verified. It is checked again when its renewal is due."))
    found = open_verification(present)
    if found and rules.can_check_organisation(found.recommended_by, present):
        raise Conflict(
            _("%(name)s has recommended it already, so a second coordinator decides.") % {"name": found.recommended_by}
        )
    if found:
        _close(found, VerificationState.WITHDRAWN, actor)
    if missing := [line.label for line in checklist_of(present) if line.is_missing]:
        problem = _("Check these first: %(items)s.") % {"items": ", ".join(missing)}
        raise Invalid(problem, fields={"reason": problem})
    if present.state in REAPPLYING_STATES:
        advance(organisation, OrganisationState.APPLIED, ORGANISATION_TRANSITIONS)
    verification = Verification.objects.create(
        organisation=organisation, recommended_by=actor, recommendation=reason.strip()
    )
    audit.record(actor=actor, verb="accounts.organisation.recommended", obj=organisation, verification=verification.pk)
    for second in seconds_for(organisation, actor):
        tell(
            user_id=second.pk,
            verb="accounts.organisation.recommended",
            text=gettext_noop("%(organisation)s waits for your second opinion."),
            params={"organisation": organisation.name},
            url=reverse("engagements:desk-organisation", args=[organisation.reference]),
            event_key=f"organisation-recommended:{verification.pk}",
        )
    return verification


@transaction.atomic
def verify_organisation(*, actor: User, organisation: Organisation, reason: str) -> Organisation:
    """Confirm, as the second of two coordinators, that the organisation is who it says; it is verified for a year.

    Raises NotAllowed for who recommended it and for who may not decide, Invalid without a reason, Conflict when nobody
    has recommended it or who did no longer may. Effects: the recommendation confirmed, then those of ``_decide``.
    """
    _check_reason(reason)
    present = lock(organisation)
    found = _second_look(actor, organisation)
    if not rules.can_check_organisation(found.recommended_by, organisation):
        raise Conflict(
            _("%(name)s no longer checks organisations here. Recommend it yourself, and another coordinator decides.")
            % {"name": found.recommended_by}
        )
    _close(found, VerificationState.CONFIRMED, actor)
    now = timezone.now()
    return _decide(
        actor=actor,
        organisation=organisation,
        to=OrganisationState.VERIFIED,
        reason=reason,
        text=gettext_noop("%(organisation)s is verified. You can post needs and see experts now."),
        verification=found,
        verified_at=now,
        verified_until=_good_until(present),
    )


@transaction.atomic
def return_recommendation(*, actor: User, organisation: Organisation, reason: str) -> Verification:
    """Give a recommendation back to the coordinator who wrote it, as the second who was not convinced; or take one's
    own back.

    Raises NotAllowed for others, Invalid without a reason, Conflict when nothing waits. Effects: recommendation closed,
    decision with the reason, audit entry, news to who recommended.
    """
    _check_reason(reason)
    present = lock(organisation)
    found = open_verification(present)
    if found is None or found.recommended_by_id != actor.pk:
        found = _second_look(actor, organisation)
    _close(found, VerificationState.WITHDRAWN, actor)
    decision = OrganisationDecision.objects.create(
        organisation=organisation, decided_by=actor, state=present.state, reason=reason.strip()
    )
    audit.record(
        actor=actor,
        verb="accounts.organisation.returned",
        obj=organisation,
        verification=found.pk,
        decision=decision.pk,
        before=VerificationState.RECOMMENDED,
        after=VerificationState.WITHDRAWN,
    )
    if found.recommended_by_id != actor.pk:
        tell(
            user_id=found.recommended_by_id,
            verb="accounts.organisation.returned",
            text=gettext_noop("Your recommendation of %(organisation)s came back with a question."),
            params={"organisation": organisation.name},
            url=reverse("engagements:desk-organisation", args=[organisation.reference]),
            event_key=f"organisation-returned:{found.pk}",
        )
    return found


@transaction.atomic
def request_documents(
    *, actor: User, organisation: Organisation, reason: str, asked: Collection[str] = ()
) -> Organisation:
    """Ask the organisation for documents, by kind and in words; a recommendation that waits is closed.

    One whose renewal is due keeps its state, and is asked to confirm its facts anew.

    Raises Invalid for a kind that is not known. Effects: see ``_decide``.
    """
    _check(actor, organisation, reason)
    now = timezone.now()
    if not set(asked) <= set(DocumentKind.values):
        raise Invalid(_("Choose documents from the list."), fields={"asked": _("Choose documents from the list.")})
    present = lock(organisation)
    _withdraw_open(actor, organisation)
    if present.state in RENEWING_STATES:
        Organisation.objects.filter(pk=organisation.pk).update(facts_confirmed_at=None, renewal_asked_at=now)
        organisation.refresh_from_db()
    return _decide(
        actor=actor,
        organisation=organisation,
        to=OrganisationState.DOCUMENTS_REQUESTED,
        reason=reason,
        text=gettext_noop("The coordinator asks %(organisation)s for documents."),
        asked=asked,
    )


@transaction.atomic
def suspend_organisation(*, actor: User, organisation: Organisation, reason: str) -> Organisation:
    """Take the organisation out of use at once, by one coordinator alone; a recommendation that waits is closed.

    Effects: see ``_decide``.
    """
    _check(actor, organisation, reason)
    lock(organisation)
    _withdraw_open(actor, organisation)
    return _decide(
        actor=actor,
        organisation=organisation,
        to=OrganisationState.SUSPENDED,
        reason=reason,
        text=gettext_noop("%(organisation)s is suspended. Write to the coordinator to ask why."),
    )


def _check(actor: User, organisation: Organisation, reason: str) -> None:
    if not rules.can_check_organisation(actor, organisation):
        raise NotAllowed(
            _("Only a coordinator of its country who does not belong to it decides about an organisation.")
        )
    _check_reason(reason)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        message = _("Say why: the reason is kept with the decision.")
        raise Invalid(message, fields={"reason": message})


def _second_look(actor: User, organisation: Organisation) -> Verification:
    """Return the recommendation that ``actor`` decides about; the caller holds the organisation's lock."""
    found = open_verification(organisation)
    if found is None:
        raise Conflict(_("Nobody has recommended this organisation, or somebody has decided about it meanwhile."))
    if found.recommended_by_id == actor.pk:
        raise NotAllowed(_("You recommended it, so another coordinator decides."))
    if not rules.can_decide_second(actor, organisation, found.recommended_by):
        raise NotAllowed(_("Another coordinator of its country decides about this organisation."))
    return found


def _good_until(organisation: Organisation) -> date:
    """Return a year from today, or from the end of a verification that has not lapsed: renewing early costs no day."""
    begins = timezone.localdate()
    if organisation.state == OrganisationState.RENEWAL_DUE and organisation.verified_until:
        begins = max(begins, organisation.verified_until)
    return begins + GOOD_FOR


def _close(verification: Verification, to: str, actor: User) -> None:
    advance(verification, to, VERIFICATION_TRANSITIONS, decided_by=actor, decided_at=timezone.now())


def _withdraw_open(actor: User, organisation: Organisation) -> None:
    if found := open_verification(organisation):
        _close(found, VerificationState.WITHDRAWN, actor)


def _decide(
    *,
    actor: User,
    organisation: Organisation,
    to: str,
    reason: str,
    text: str,
    asked: Collection[str] = (),
    **values: Any,
) -> Organisation:
    """Record a decision that was checked and whose organisation is locked.

    Effects: state, decision, audit entry, what follows for work (``core.standing``), news to its speakers.
    """
    if to != OrganisationState.DOCUMENTS_REQUESTED or organisation.state not in RENEWING_STATES:
        organisation = advance(organisation, to, ORGANISATION_TRANSITIONS, **values)
    decision = OrganisationDecision.objects.create(
        organisation=organisation, decided_by=actor, state=to, reason=reason.strip(), asked=sorted(asked)
    )
    audit.record(actor=actor, verb=f"accounts.organisation.{to}", obj=organisation, decision=decision.pk)
    standing.organisation_decided(organisation_id=organisation.pk, user_id=actor.pk)
    for speaker in speakers_of(organisation):
        tell(
            user_id=speaker.pk,
            verb=f"accounts.organisation.{to}",
            text=text,
            params={"organisation": organisation.name},
            url=reverse(_PAGES.get(to, "accounts:organisation"), args=[organisation.reference]),
            event_key=f"organisation-decision:{decision.pk}",
        )
    return organisation

"""Issue and withdraw certificates of contribution."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import tell_about_work
from engagements.models import Certificate, Engagement, NeedSkill, Session
from engagements.rules import work as rules
from engagements.states import CERTIFICATE_TRANSITIONS, CertificateState, EngagementState, HoursState
from mentors.recommender.types import ReasonKind
from mentors.states import SkillKind

ENDED_STATES = frozenset({EngagementState.COMPLETED, EngagementState.FOLLOWED_UP, EngagementState.ENDED_EARLY})
MAX_REASON = 300


@transaction.atomic
def issue_certificate(*, actor: User, engagement: Engagement) -> Certificate:
    """Freeze what was contributed and confirmed, and issue the certificate with it; one valid one per engagement.

    Raises NotAllowed unless ``actor`` is a side or coordinates the country, Conflict before the end, without confirmed
    hours, or when there is one already. Effects: certificate, audit entry, news.
    """
    if not rules.can_issue_certificate(actor, engagement):
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if lock(engagement).state not in ENDED_STATES:
        raise Conflict(_("The certificate is made once the work has ended."))
    facts = _facts(engagement)
    if not facts["minutes"]:
        raise Conflict(_("There are no confirmed hours, so there is nothing to certify."))
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(engagement=engagement, facts=facts)
    except IntegrityError:
        raise Conflict(_("This engagement has a valid certificate already.")) from None
    entry = audit.record(
        actor=actor,
        verb="engagements.certificate.issued",
        obj=certificate,
        engagement=engagement.pk,
        minutes=facts["minutes"],
    )
    tell_about_work(
        actor=None, engagement=engagement, entry=entry, text=gettext_noop("The certificate for “%(need)s” is ready.")
    )
    return certificate


def _facts(engagement: Engagement) -> dict[str, Any]:
    """Return what is printed: names, dates (ISO), confirmed minutes and sessions, skills. Codes stay codes."""
    held = Session.objects.filter(engagement=engagement, state=HoursState.CONFIRMED).aggregate(
        minutes=Sum("minutes"), sessions=Count("pk"), first=Min("held_on"), last=Max("held_on")
    )
    organisation = engagement.need.organisation
    return {
        "holder": str(engagement.expert.user),
        "organisation": organisation.name,
        "country": organisation.country.code,
        "title": engagement.need.title,
        "kind": engagement.kind,
        "modality": engagement.modality,
        "first_day": held["first"].isoformat() if held["first"] else "",
        "last_day": held["last"].isoformat() if held["last"] else "",
        "minutes": held["minutes"] or 0,
        "sessions": held["sessions"],
        "skills": _skills(engagement),
    }


def _skills(engagement: Engagement) -> list[dict[str, str]]:
    """Return the asked skills the expert had when the proposal was made, and all transferable ones asked for."""
    reasons = engagement.proposal.explanation.get("reasons", [])
    had = {reason["skill"] for reason in reasons if reason["kind"] == ReasonKind.SKILL_SAME}
    items = NeedSkill.objects.filter(content_object=engagement.need).select_related("tag").order_by("position", "pk")
    return [
        {"label": item.tag.name, "uri": item.tag.esco_uri or ""}
        for item in items
        if item.tag.pk in had or item.tag.kind == SkillKind.TRANSFERABLE
    ]


@transaction.atomic
def revoke_certificate(*, actor: User, certificate: Certificate, reason: str) -> Certificate:
    """Withdraw a certificate for good; its check page says so from now on.

    Raises NotAllowed unless ``actor`` coordinates the country and takes no part, Invalid without a reason, Conflict
    when it is withdrawn. Effects: state with reason, audit entry, news to both sides.
    """
    if not rules.can_revoke_certificate(actor, certificate):
        raise NotAllowed(_("Only a coordinator of its country who takes no part in an engagement does this."))
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        problem = _("Say why in up to %(limit)s characters.") % {"limit": MAX_REASON}
        raise Invalid(problem, fields={"reason": problem})
    certificate = advance(
        certificate,
        CertificateState.REVOKED,
        CERTIFICATE_TRANSITIONS,
        revoked_at=timezone.now(),
        revoke_reason=text,
    )
    entry = audit.record(actor=actor, verb="engagements.certificate.revoked", obj=certificate)
    tell_about_work(
        actor=None,
        engagement=certificate.engagement,
        entry=entry,
        text=gettext_noop("The certificate for “%(need)s” was withdrawn. Write to the coordinator to ask why."),
    )
    return certificate

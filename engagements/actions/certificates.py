"""Issue, replace and withdraw certificates, and let their holders say what the check page tells."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import tell_about_work
from engagements.models import Certificate, Engagement, Participant, SigningKey
from engagements.queries.credentials import Facts, contribution_facts, free_status_index, participation_facts
from engagements.reports.badge import signed_badge
from engagements.reports.signing import key_id, public_jwk, signing_key
from engagements.rules import work as rules
from engagements.states import (
    CERTIFICATE_TRANSITIONS,
    CertificateKind,
    CertificatePart,
    CertificateState,
    EngagementState,
)

ENDED_STATES = frozenset({EngagementState.COMPLETED, EngagementState.FOLLOWED_UP, EngagementState.ENDED_EARLY})
MAX_REASON = 300


@transaction.atomic
def issue_certificate(*, actor: User, engagement: Engagement) -> Certificate:
    """Freeze what the expert contributed and both sides confirmed, sign it, and issue the certificate.

    Raises NotAllowed unless ``actor`` is a side or coordinates the country, Conflict before the end, without confirmed
    hours, or when there is a valid one. Effects: certificate, signing key, audit entry, news.
    """
    _require_ended(actor, engagement)
    return certify(engagement, actor=actor)


def certify(engagement: Engagement, *, actor: User | None = None) -> Certificate:
    """Issue the certificate of ended work for ``actor``, or for a sweep that completed it. Raises and effects as above.

    The caller holds the engagement's lock.
    """
    facts = contribution_facts(engagement)
    certificate = _issue(engagement, None, facts, engagement.expert.user.language)
    _tell(certificate, gettext_noop("The certificate for “%(need)s” is ready."), "issued", actor)
    return certificate


@transaction.atomic
def issue_participation(*, actor: User, participant: Participant) -> Certificate:
    """Issue what a counterpart or mentee took part in, once the work has ended.

    Raises and effects as ``issue_certificate``, without news: the organisation hands it over.
    """
    engagement = participant.engagement
    _require_ended(actor, engagement)
    certificate = _issue(engagement, participant, participation_facts(participant), participant.language)
    _record(certificate, "issued", actor)
    return certificate


def _require_ended(actor: User, engagement: Engagement) -> None:
    if not rules.can_issue_certificate(actor, engagement):
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if lock(engagement).state not in ENDED_STATES:
        raise Conflict(_("The certificate is made once the work has ended."))


def _issue(
    engagement: Engagement,
    participant: Participant | None,
    facts: Facts,
    language: str,
    replaces: Certificate | None = None,
) -> Certificate:
    """Write the certificate with its signature. Raises Conflict without hours, or when there is a valid one."""
    if not facts["minutes"]:
        raise Conflict(_("There are no confirmed hours, so there is nothing to certify."))
    jwk = public_jwk(signing_key())
    SigningKey.objects.get_or_create(key_id=key_id(jwk), defaults={"public": jwk["x"]})
    certificate = Certificate(
        engagement=engagement,
        participant=participant,
        kind=CertificateKind.PARTICIPATION if participant else CertificateKind.CONTRIBUTION,
        facts=facts,
        language=language,
        status_index=free_status_index(),
        replaces=replaces,
    )
    certificate.token = signed_badge(certificate)
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError as error:
        if "valid_once" not in str(error):
            raise
        raise Conflict(_("There is a valid certificate already.")) from None
    return certificate


@transaction.atomic
def reissue_certificate(*, actor: User, certificate: Certificate, reason: str) -> Certificate:
    """Replace a certificate by one that says what is true now, and return the new one.

    For corrected hours, a changed name, another language. The old one says that it was replaced and by which. Raises
    NotAllowed unless ``actor`` coordinates the country and takes no part, Invalid without a reason, Conflict when it
    does not hold any more or there are no hours left. Effects: both certificates, audit entry, news.
    """
    _require_supervisor(actor, certificate)
    text = _clean_reason(reason)
    engagement, participant = certificate.engagement, certificate.participant
    lock(engagement)
    certificate = advance(
        certificate,
        CertificateState.REISSUED,
        CERTIFICATE_TRANSITIONS,
        revoked_at=timezone.now(),
        revoke_reason=text,
    )
    facts = participation_facts(participant) if participant else contribution_facts(engagement)
    language = participant.language if participant else engagement.expert.user.language
    new = _issue(engagement, participant, facts, language, certificate)
    Certificate.objects.filter(pk=new.pk).update(shown=certificate.shown)
    new.refresh_from_db()
    _tell(new, gettext_noop("The certificate for “%(need)s” was replaced by a corrected one."), "reissued", actor)
    return new


@transaction.atomic
def revoke_certificate(*, actor: User, certificate: Certificate, reason: str) -> Certificate:
    """Withdraw a certificate for good; its check page says so from now on.

    Raises NotAllowed unless ``actor`` coordinates the country and takes no part, Invalid without a reason, Conflict
    when it does not hold any more. Effects: state with reason, audit entry, news to both sides.
    """
    _require_supervisor(actor, certificate)
    certificate = advance(
        certificate,
        CertificateState.REVOKED,
        CERTIFICATE_TRANSITIONS,
        revoked_at=timezone.now(),
        revoke_reason=_clean_reason(reason),
    )
    news = gettext_noop("The certificate for “%(need)s” was withdrawn. Write to the coordinator to ask why.")
    _tell(certificate, news, "revoked", actor)
    return certificate


@transaction.atomic
def choose_shown_parts(*, actor: User, certificate: Certificate, shown: Collection[str]) -> Certificate:
    """Set what the check page tells besides that the certificate holds. ``shown`` are CertificatePart values.

    Raises NotAllowed unless ``actor`` is the holder, or speaks for the organisation where the holder has no account;
    Invalid for unknown parts. Effects: parts, audit entry.
    """
    if not rules.can_choose_shown_parts(actor, certificate):
        raise NotAllowed(_("Only the holder of a certificate says what its page shows."))
    if not set(shown) <= set(CertificatePart.values):
        problem = _("Choose among the parts of the certificate.")
        raise Invalid(problem, fields={"shown": problem})
    present = lock(certificate)
    parts = [part for part in CertificatePart.values if part in shown]
    if parts != present.shown:
        Certificate.objects.filter(pk=certificate.pk).update(shown=parts)
        audit.record(actor=actor, verb="engagements.certificate.shown", obj=certificate, parts=",".join(parts))
    certificate.refresh_from_db()
    return certificate


def _require_supervisor(actor: User, certificate: Certificate) -> None:
    if not rules.can_revoke_certificate(actor, certificate):
        raise NotAllowed(_("Only a coordinator of its country who takes no part in an engagement does this."))


def _clean_reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        problem = _("Say why in up to %(limit)s characters.") % {"limit": MAX_REASON}
        raise Invalid(problem, fields={"reason": problem})
    return text


def _record(certificate: Certificate, verb: str, actor: User | None) -> AuditEntry:
    return audit.record(
        actor=actor,
        verb=f"engagements.certificate.{verb}",
        obj=certificate,
        engagement=certificate.engagement_id,
        minutes=certificate.facts["minutes"],
    )


def _tell(certificate: Certificate, news: str, verb: str, actor: User | None) -> None:
    """Write the audit entry, and tell both sides."""
    entry = _record(certificate, verb, actor)
    tell_about_work(actor=None, engagement=certificate.engagement, entry=entry, text=news)

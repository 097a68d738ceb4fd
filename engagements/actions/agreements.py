"""Write, change and accept the agreement of an engagement.

Each act locks the engagement, so that of a change and an acceptance at the same moment one comes after the other.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.actions.engagements import require_side, take_step
from engagements.actions.outcome_clocks import plan_outcomes
from engagements.models import AgreementAcceptance, AgreementVersion, CompensationType, Engagement
from engagements.queries.agreements import latest_version
from engagements.states import CHANGEABLE_STATES, EngagementState, Side
from engagements.states.outcomes import OutcomeMoment
from mentors.states import Modality, WorkingLanguage

MAX_HOURS = 2000
LONGEST = {"goal": 1000, "terms_of_reference": 3000, "compensation_note": 300, "confidentiality": 1000}
# The terms that stand on the engagement, too, while they hold.
IN_FORCE = ("goal", "hours_planned", "modality", "starts_on", "ends_on")


@dataclass(frozen=True)
class Terms:
    """Everything an agreement says. ``languages`` are WorkingLanguage codes, ``compensation`` a CompensationType."""

    goal: str
    hours_planned: int
    modality: str
    terms_of_reference: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    languages: tuple[str, ...] = ()
    compensation: str = CompensationType.UNPAID
    compensation_note: str = ""
    confidentiality: str = ""


def terms_of(version: AgreementVersion) -> Terms:
    """Return what a version says. Queries: 0."""
    values = {name: getattr(version, name) for name in Terms.__dataclass_fields__}
    return Terms(**{**values, "languages": tuple(values["languages"])})


def write_first_version(*, actor: User, engagement: Engagement, terms: Terms | None = None) -> AgreementVersion:
    """Write version 1, from the need unless there are ``terms``; nobody has accepted it yet. Queries: 2.

    Terms are checked, and stand on the engagement afterwards. Raises Invalid with the problem of each field.
    """
    if terms is not None:
        terms = _tidied(terms)
        _check(terms)
        Engagement.objects.filter(pk=engagement.pk).update(**{name: getattr(terms, name) for name in IN_FORCE})
    terms = terms or _terms_from(engagement)
    return AgreementVersion.objects.create(engagement=engagement, number=1, written_by=actor, **asdict(_tidied(terms)))


def _terms_from(engagement: Engagement) -> Terms:
    need = engagement.need
    return Terms(
        terms_of_reference=need.context,
        languages=tuple(row.language for row in need.languages.all()),
        **{name: getattr(engagement, name) for name in IN_FORCE},
    )


@transaction.atomic
def change_terms(*, actor: User, engagement: Engagement, terms: Terms, seen: str = "") -> Engagement:
    """Write a new version of the agreement; what was accepted of older ones does not count for it.

    While both are still agreeing the new version replaces the old one; later the old one holds until both have
    accepted the new one. ``seen`` is the number of the version the person started from. The same terms again change
    nothing. Raises NotAllowed unless ``actor`` is a side, Conflict when there is a newer version or the work is over,
    Invalid with the problem of each field. Effects: version, agreements voided, audit entry, line, news.
    """
    require_side(actor, engagement)
    terms = _tidied(terms)
    _check(terms)
    present = lock(engagement)
    latest = latest_version(engagement)
    if terms == terms_of(latest):
        return engagement
    if seen and seen != str(latest.number):
        raise Conflict(_("The agreement was changed meanwhile. Compare, then save again."))
    if present.state not in CHANGEABLE_STATES:
        raise Conflict(_("This agreement cannot be changed at present."))
    now, values = timezone.now(), asdict(terms)
    AgreementVersion.objects.create(
        engagement=engagement, number=latest.number + 1, written_by=actor, written_at=now, **values
    )
    is_agreeing = present.state == EngagementState.AGREEING
    in_force = {name: values[name] for name in IN_FORCE} | {"expert_agreed_at": None, "institution_agreed_at": None}
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=now, **(in_force if is_agreeing else {}))
    engagement.refresh_from_db()
    verb = "engagements.engagement.plan_changed"
    entry = audit.record(actor=actor, verb=verb, obj=engagement, version=latest.number + 1)
    if is_agreeing:
        line = gettext_noop("The plan was changed. Both sides agree to it anew.")
        news = gettext_noop("The plan for “%(need)s” was changed. Look, and agree.")
    else:
        line = gettext_noop("A change of the agreement is proposed. Until both accept it, the present one holds.")
        news = gettext_noop("A change of the agreement on “%(need)s” waits for your answer.")
    add_line(engagement, line)
    ask = f"agreement:{engagement.reference}"
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    return engagement


@transaction.atomic
def extend_engagement(
    *, actor: User, engagement: Engagement, hours_planned: int, ends_on: date | None = None, seen: str = ""
) -> Engagement:
    """Propose to go on for longer: a new version with more hours or a later end, which the proposer has accepted.

    Raises NotAllowed unless ``actor`` is a side, Conflict and Invalid as ``change_terms`` does, and Invalid when
    neither hours nor end are more than agreed. Effects: as ``change_terms`` and ``agree_engagement``.
    """
    require_side(actor, engagement)
    lock(engagement)
    present = terms_of(latest_version(engagement))
    ends = ends_on or present.ends_on
    is_later = bool(ends and present.ends_on and ends > present.ends_on) or (ends is not None and not present.ends_on)
    if hours_planned <= present.hours_planned and not is_later:
        problem = _("Enter more hours than agreed, or a later end.")
        raise Invalid(problem, fields={"hours_planned": problem})
    if hours_planned < present.hours_planned or (ends and present.ends_on and ends < present.ends_on):
        problem = _("An extension makes neither hours nor time less. Change the agreement for that.")
        raise Invalid(problem, fields={"hours_planned": problem})
    terms = replace(present, hours_planned=hours_planned, ends_on=ends)
    engagement = change_terms(actor=actor, engagement=engagement, terms=terms, seen=seen)
    return agree_engagement(actor=actor, engagement=engagement)


def _tidied(terms: Terms) -> Terms:
    """Return the terms without spaces around their texts; a browser sends each end of a line as two characters."""
    return replace(terms, **{name: getattr(terms, name).replace("\r\n", "\n").strip() for name in LONGEST})


def _check(terms: Terms) -> None:
    """Raise Invalid with the problem of each field."""
    problems = {
        name: _("Write up to %(limit)s characters.") % {"limit": limit}
        for name, limit in LONGEST.items()
        if len(getattr(terms, name)) > limit
    }
    if not terms.goal:
        problems["goal"] = _("Write the goal in up to %(limit)s characters.") % {"limit": LONGEST["goal"]}
    if not 1 <= terms.hours_planned <= MAX_HOURS:
        problems["hours_planned"] = _("Enter hours between 1 and %(limit)s.") % {"limit": MAX_HOURS}
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        problems["ends_on"] = _("The end lies before the start.")
    if terms.modality not in Modality.values:
        problems["modality"] = _("Choose how you work together.")
    if not set(terms.languages) <= set(WorkingLanguage.values):
        problems["languages"] = _("Choose languages from the list.")
    if terms.compensation not in CompensationType.values:
        problems["compensation"] = _("Choose what the expert is given.")
    elif terms.compensation != CompensationType.UNPAID and not terms.compensation_note:
        problems["compensation_note"] = _("Say how much, and who pays.")
    if problems:
        raise Invalid(_("Look at the plan again."), fields=problems)


@transaction.atomic
def agree_engagement(*, actor: User, engagement: Engagement, seen: str = "") -> Engagement:
    """Accept the newest version for one's own side; once both have, it holds. Accepting twice changes nothing.

    ``seen`` is the number of the version the person read; another one means it changed meanwhile. Raises NotAllowed
    unless ``actor`` is a side, Conflict when the agreement changed or the time for agreeing is over. Effects:
    acceptance, agreements, the terms in force or the state when both have accepted, audit entry, line, news.
    """
    side = require_side(actor, engagement)
    present = lock(engagement)
    version = latest_version(engagement)
    if seen and seen != str(version.number):
        raise Conflict(_("The plan was changed meanwhile. Read it again before you agree."))
    # The table leads from “on hold” to “agreed”, too, but only for the coordinator who releases it.
    if present.state not in CHANGEABLE_STATES:
        raise InvalidTransition(_("The time for agreeing on this plan is over. Reload the page and look again."))
    accepted = {acceptance.side: acceptance.accepted_at for acceptance in version.acceptances.all()}
    if side in accepted:
        engagement.refresh_from_db()
        return engagement
    now = timezone.now()
    AgreementAcceptance.objects.create(version=version, side=side, accepted_by=actor, accepted_at=now)
    accepted[side] = now
    if len(accepted) < len(Side):
        return _accept_first(actor, engagement, present, side)
    agreed: dict[str, Any] = {f"{one}_agreed_at": at for one, at in accepted.items()}
    if present.state == EngagementState.AGREEING:
        engagement = take_step(
            actor,
            engagement,
            EngagementState.SCHEDULED,
            line=gettext_noop("Both sides have agreed on the plan."),
            news=gettext_noop("Both sides have agreed on “%(need)s”. The work can start."),
            **agreed,
        )
        plan_outcomes(engagement=engagement, moment=OutcomeMoment.START)
        return engagement
    values = {name: getattr(version, name) for name in IN_FORCE}
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=now, **agreed, **values)
    return _tell(
        actor,
        engagement,
        "renewed",
        line=gettext_noop("Both sides have accepted the change. It holds from now on."),
        news=gettext_noop("The change of the agreement on “%(need)s” is accepted. It holds from now on."),
        version=version.number,
    )


def _accept_first(actor: User, engagement: Engagement, present: Engagement, side: Side) -> Engagement:
    """Note that one side has accepted and the other is asked."""
    now = timezone.now()
    if present.state == EngagementState.AGREEING:
        Engagement.objects.filter(pk=engagement.pk).update(**{f"{side.value}_agreed_at": now, "last_activity_at": now})
        line = gettext_noop("One side has agreed to the plan; the other answers next.")
        news = gettext_noop("The plan for “%(need)s” waits for your agreement.")
    else:
        Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=now)
        line = gettext_noop("One side has accepted the change of the agreement; the other answers next.")
        news = gettext_noop("A change of the agreement on “%(need)s” waits for your answer.")
    return _tell(actor, engagement, "agreed", line=line, news=news, side=side.value)


def _tell(actor: User, engagement: Engagement, verb: str, *, line: str, news: str, **noted: object) -> Engagement:
    engagement.refresh_from_db()
    entry = audit.record(actor=actor, verb=f"engagements.engagement.{verb}", obj=engagement, **noted)
    add_line(engagement, line)
    ask = f"agreement:{engagement.reference}"
    tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    return engagement

"""Move a skill's recognition: the expert says who recognised it, a coordinator confirms, the document's day ends it.

Experts cannot raise their own recognition: only a coordinator of one of their countries of origin does, after looking.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit, news
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from mentors.actions.postings import rewrite_postings
from mentors.models import ExpertProfile, ProfileSkill, RecognitionClaim, Skill
from mentors.rules import can_decide_recognition, can_edit_profile
from mentors.states import CLAIM_TRANSITIONS, RECOGNISED_BY_OTHERS, ClaimState, Recognition

MAX_WHO, MAX_DOCUMENT, MAX_NOTE = 200, 300, 300
EARLIEST = date(1950, 1, 1)
# Claims that one sweep ends.
BATCH = 200


@transaction.atomic
def claim_recognition(
    *,
    actor: User,
    profile: ExpertProfile,
    skill: Skill,
    status: str,
    recognised_by: str,
    recognised_on: date,
    document: str,
    expires_on: date | None = None,
) -> RecognitionClaim:
    """Say who has recognised a skill of one's own; a coordinator checks it.

    Raises NotAllowed unless ``actor`` may edit the profile, Invalid with the problem of each field, Conflict while an
    earlier claim for the skill is being checked or holds. Effects: claim, audit entry.
    """
    if not can_edit_profile(actor, profile):
        raise NotAllowed(_("Only its owner changes a profile."))
    who, what = recognised_by.strip(), document.strip()
    _check(status, who, recognised_on, what, expires_on)
    lock(profile)
    item = ProfileSkill.objects.filter(content_object=profile, tag=skill).first()
    if item is None:
        problem = _("Choose one of the skills on your profile.")
        raise Invalid(problem, fields={"skill": problem})
    try:
        with transaction.atomic():
            claim = RecognitionClaim.objects.create(
                profile=profile,
                skill=skill,
                status=status,
                status_before=item.recognition,
                recognised_by=who,
                recognised_on=recognised_on,
                document=what,
                expires_on=expires_on,
            )
    except IntegrityError as error:
        if "claim_live_once" not in str(error):
            raise
        raise Conflict(_("There is a recognition of this skill already. Take it back to enter another.")) from None
    audit.record(actor=actor, verb="mentors.recognition.claimed", obj=claim, skill=skill.pk, status=status)
    return claim


def _check(status: str, who: str, on: date, document: str, expires_on: date | None) -> None:
    today, problems = timezone.localdate(), {}
    if status not in RECOGNISED_BY_OTHERS:
        problems["status"] = _("Choose how it was recognised.")
    if not who or len(who) > MAX_WHO:
        problems["recognised_by"] = _("Say who recognised it, in up to %(limit)s characters.") % {"limit": MAX_WHO}
    if not document or len(document) > MAX_DOCUMENT:
        problems["document"] = _("Name the document in up to %(limit)s characters.") % {"limit": MAX_DOCUMENT}
    if not EARLIEST <= on <= today:
        problems["recognised_on"] = _("Enter a day that is past. Check the year.")
    if expires_on and expires_on <= max(on, today):
        problems["expires_on"] = _("This day is past, so it does not count any more. Leave it empty if it has no end.")
    if problems:
        raise Invalid(_("Look at the recognition again."), fields=problems)


@transaction.atomic
def confirm_recognition(*, actor: User, claim: RecognitionClaim) -> RecognitionClaim:
    """Confirm what one has seen the document of; the skill counts as recognised from now on.

    Raises NotAllowed unless ``actor`` coordinates one of the expert's countries of origin and is somebody else,
    Conflict when it was decided or the skill has left the profile. Effects: claim, skill, postings, audit entry, news.
    """
    _require_coordinator(actor, claim)
    profile = lock(claim.profile)
    claim = advance(claim, ClaimState.CONFIRMED, CLAIM_TRANSITIONS, decided_by=actor, decided_at=timezone.now())
    if not _set_status(profile, claim.skill_id, claim.status):
        raise Conflict(_("This skill is no longer on the profile."))
    audit.record(
        actor=actor,
        verb="mentors.recognition.confirmed",
        obj=claim,
        status_before=claim.status_before,
        status=claim.status,
    )
    _tell(claim, gettext_noop("Your recognition of “%(skill)s” is confirmed. Institutions see it from now on."))
    return claim


@transaction.atomic
def decline_recognition(*, actor: User, claim: RecognitionClaim, note: str) -> RecognitionClaim:
    """Say that one could not confirm a claim, and why; the expert may enter it anew.

    Raises as ``confirm_recognition``, and Invalid without a reason. Effects: claim, audit entry, news.
    """
    _require_coordinator(actor, claim)
    text = note.strip()
    if not text or len(text) > MAX_NOTE:
        problem = _("Say what is missing, in up to %(limit)s characters.") % {"limit": MAX_NOTE}
        raise Invalid(problem, fields={"note": problem})
    claim = advance(
        claim,
        ClaimState.DECLINED,
        CLAIM_TRANSITIONS,
        decided_by=actor,
        decided_at=timezone.now(),
        decision_note=text,
    )
    audit.record(actor=actor, verb="mentors.recognition.declined", obj=claim)
    _tell(claim, gettext_noop("Your recognition of “%(skill)s” could not be confirmed. Read why."))
    return claim


@transaction.atomic
def withdraw_recognition(*, actor: User, claim: RecognitionClaim) -> RecognitionClaim:
    """Take one's own claim back; a skill that counted as recognised counts as self-declared again.

    Raises NotAllowed unless ``actor`` may edit the profile, Conflict when there is nothing to take back. Effects:
    claim, skill, postings, audit entry.
    """
    if not can_edit_profile(actor, claim.profile):
        raise NotAllowed(_("Only its owner changes a profile."))
    _end(claim, ClaimState.WITHDRAWN)
    audit.record(actor=actor, verb="mentors.recognition.withdrawn", obj=claim)
    return claim


def expire_due_recognition() -> int:
    """End the recognitions whose documents are no longer valid; returns how many.

    Each in a transaction of its own; what another sweep ends at the same moment is passed over. Effects of each:
    claim, skill, postings, audit entry, news. Queries: 1, and about 10 for each.
    """
    due = RecognitionClaim.objects.filter(state=ClaimState.CONFIRMED, expires_on__lt=timezone.localdate())
    ended = 0
    for pk in list(due.order_by("expires_on", "pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            claim = RecognitionClaim.objects.select_related("profile__user", "skill").get(pk=pk)
            lock(claim.profile)
            if lock(claim).state != ClaimState.CONFIRMED:
                continue
            _end(claim, ClaimState.EXPIRED)
            audit.record(actor=None, verb="mentors.recognition.expired", obj=claim)
            _tell(claim, gettext_noop("Your recognition of “%(skill)s” has ended with its document. Enter a new one."))
            ended += 1
    return ended


def _end(claim: RecognitionClaim, to: ClaimState) -> None:
    profile = lock(claim.profile)
    was_confirmed = lock(claim).state == ClaimState.CONFIRMED
    advance(claim, to, CLAIM_TRANSITIONS)
    if was_confirmed:
        _set_status(profile, claim.skill_id, Recognition.SELF_DECLARED)


def _set_status(profile: ExpertProfile, skill: int, status: str) -> bool:
    """Write how a skill on a profile is recognised, and its postings; False when it is not there any more."""
    changed = ProfileSkill.objects.filter(content_object=profile, tag=skill).update(recognition=status)
    if changed:
        rewrite_postings(profile)
    return bool(changed)


def _require_coordinator(actor: User, claim: RecognitionClaim) -> None:
    if not can_decide_recognition(actor, claim):
        raise NotAllowed(_("Only a coordinator of the expert's country of origin decides this."))


def _tell(claim: RecognitionClaim, text: str) -> None:
    news.tell(
        user_id=claim.profile.user_id,
        verb=f"mentors.recognition.{claim.state}",
        text=text,
        params={"skill": claim.skill.name},
        url=reverse("mentors:recognition"),
        event_key=f"recognition:{claim.pk}:{claim.state}",
    )

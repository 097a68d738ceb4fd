"""The proposal: the human step from a match towards an engagement."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.states import LIVE_PROPOSAL_STATES, DeclineReason, ProposalOrigin, ProposalState
from mentors.models import ExpertProfile
from messaging.models import Conversation


class Proposal(models.Model):
    """An application by an expert or an invitation by an organisation, waiting for the other side's answer.

    A nomination by a coordinator waits for the expert first, and from ``expert_agreed_at`` on for the organisation,
    which does not know of it before. ``explanation`` is the match as it was when the proposal was made
    (``recommender.Match.to_dict``), frozen. Its state changes only through ``engagements.actions.proposals``. At most
    one live proposal per expert and need. ``waiting_since`` is when the turn of the side that is waited for began.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="proposals")
    expert = models.ForeignKey(ExpertProfile, models.PROTECT, related_name="proposals")
    origin = models.CharField(max_length=12, choices=ProposalOrigin)
    is_follow_up = models.BooleanField(default=False, editable=False)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=14, choices=ProposalState, default=ProposalState.SENT, editable=False)
    message = models.TextField(_("message"), max_length=1000)
    explanation = models.JSONField(default=dict)
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="proposal")
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    viewed_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    expert_agreed_at = models.DateTimeField(null=True, editable=False)
    waiting_since = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    decline_note = models.TextField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.CheckConstraint(condition=models.Q(origin__in=ProposalOrigin.values), name="proposal_origin_known"),
            models.CheckConstraint(
                condition=models.Q(expert_agreed_at__isnull=True) | models.Q(origin=ProposalOrigin.NOMINATION),
                name="proposal_agreed_is_nomination",
            ),
            models.CheckConstraint(
                condition=~models.Q(origin=ProposalOrigin.NOMINATION, state=ProposalState.CONVERTED)
                | models.Q(expert_agreed_at__isnull=False),
                name="proposal_nomination_agreed_by_both",
            ),
            models.UniqueConstraint(
                fields=["need", "expert"],
                condition=models.Q(state__in=sorted(LIVE_PROPOSAL_STATES), is_follow_up=False),
                name="proposal_live_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(decline_reason=""),
                name="proposal_declined_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["expert", "state"], name="proposal_expert_state"),
            models.Index(fields=["state", "expires_at"], name="proposal_state_expires"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.reference}"


class ProposalQuestion(models.Model):
    """A question of the side that was asked, before it says yes or no, and the sender's answer.

    While it is open the proposal waits for its sender. At most one is open per proposal.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="questions")
    text = models.TextField(_("question"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("question about a proposal")
        verbose_name_plural = _("questions about proposals")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(answered_at__isnull=True), name="question_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
                name="question_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk} about {self.proposal_id}"


class PlaceWatch(models.Model):
    """An expert waits until a need reads offers again; told once, in the order in which they came."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="watches")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("wait for a place")
        verbose_name_plural = _("waits for places")
        constraints = [models.UniqueConstraint(fields=["need", "expert"], name="place_watch_once")]
        indexes = [models.Index(fields=["since"], condition=models.Q(told_at__isnull=True), name="place_watch_waiting")]

    def __str__(self) -> str:
        return f"{self.expert_id} waits for {self.need_id}"

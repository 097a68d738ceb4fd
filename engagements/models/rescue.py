"""A coordinator's search for a need that nobody answers: experts who are asked one after the other."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.models.need import Need
from engagements.models.proposal import Proposal
from engagements.states.rescues import InviteeState, RescueEnd
from mentors.models import ExpertProfile


class Rescue(models.Model):
    """Experts whom a coordinator nominates for a need, some now and the others while nobody has said yes.

    ``due_at`` is when the sweep looks next; ``at_first`` so many are asked then, later one at a time. One is open for a
    need at most.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="rescues")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    message = models.TextField(_("message"), max_length=1000)
    at_first = models.PositiveSmallIntegerField(default=2)
    due_at = models.DateTimeField(default=timezone.now)
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    end = models.CharField(max_length=10, choices=RescueEnd, blank=True, editable=False)

    class Meta:
        verbose_name = _("search for a need")
        verbose_name_plural = _("searches for needs")
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=models.Q(ended_at__isnull=True), name="rescue_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="")
                | (models.Q(ended_at__isnull=False) & models.Q(end__in=RescueEnd.values)),
                name="rescue_ended_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(ended_at__isnull=True), name="rescue_due")]

    def __str__(self) -> str:
        return f"search for {self.need_id}"


class Invitee(models.Model):
    """One expert of a search, in the order of asking. ``why`` says why one was not asked."""

    rescue = models.ForeignKey(Rescue, models.CASCADE, related_name="invitees")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=InviteeState, default=InviteeState.WAITING, editable=False)
    proposal = models.OneToOneField(Proposal, models.SET_NULL, null=True, related_name="+", editable=False)
    why = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("expert of a search")
        verbose_name_plural = _("experts of searches")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["rescue", "expert"], name="invitee_once"),
            models.UniqueConstraint(fields=["rescue", "place"], name="invitee_place_once"),
            models.CheckConstraint(condition=models.Q(state__in=InviteeState.values), name="invitee_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rescue_id}: {self.place}"

"""What coordinators keep about the things of their countries: who looks after one, until when it rests, and notes."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Organisation
from engagements.models.need import Need
from engagements.models.programme import Programme
from engagements.models.proposal import Proposal
from mentors.models import ExpertProfile

# A proposal stands for the engagement that follows from it, too.
ABOUT = ("organisation", "expert", "need", "proposal", "programme")


def _about_one(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is about exactly one thing."""
    condition = models.Q()
    for chosen in ABOUT:
        condition |= models.Q(**{f"{field}__isnull": field != chosen for field in ABOUT})
    return models.CheckConstraint(condition=condition, name=name)


class Case(models.Model):
    """Who looks after one thing, and until which day it rests; written by ``engagements.actions.casework`` only.

    A thing that rests leaves the desk until ``rests_until``, for everybody; ``rest_reason`` says why.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, null=True, related_name="case")
    expert = models.OneToOneField(ExpertProfile, models.CASCADE, null=True, related_name="case")
    need = models.OneToOneField(Need, models.CASCADE, null=True, related_name="case")
    proposal = models.OneToOneField(Proposal, models.CASCADE, null=True, related_name="case")
    programme = models.OneToOneField(Programme, models.CASCADE, null=True, related_name="case")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("looked after by")
    )
    rests_until = models.DateField(_("until"), null=True)
    rest_reason = models.CharField(_("why"), max_length=200, blank=True)
    rested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            _about_one("case_about_one_thing"),
            models.CheckConstraint(
                condition=models.Q(rests_until__isnull=True, rest_reason="")
                | (models.Q(rests_until__isnull=False) & ~models.Q(rest_reason="")),
                name="case_rests_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Note(models.Model):
    """What a coordinator wrote down about one thing; only the coordinators of its country read it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="desk_notes")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, null=True, related_name="desk_notes")
    need = models.ForeignKey(Need, models.CASCADE, null=True, related_name="desk_notes")
    proposal = models.ForeignKey(Proposal, models.CASCADE, null=True, related_name="desk_notes")
    programme = models.ForeignKey(Programme, models.CASCADE, null=True, related_name="desk_notes")
    text = models.TextField(_("note"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("note of a coordinator")
        verbose_name_plural = _("notes of coordinators")
        ordering = ["-written_at", "-pk"]
        constraints = [_about_one("note_about_one_thing")]

    def __str__(self) -> str:
        return f"note {self.pk}"

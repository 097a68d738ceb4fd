"""A need that somebody sees coming, before there is anything to do."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.states.anticipation import Certainty, ForeseenState
from mentors.models import Skill


class ForeseenNeed(models.Model):
    """People with a skill whom an institution, or a country as a whole, will need from a quarter on.

    ``starts_on`` is the first day of the quarter. Without an ``organisation`` it is a coordinator's word about a
    country. ``need`` is the draft that came of it; ``reminded_at`` is when whoever noted it was told that it is time.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="foreseen_needs")
    country = CountryField(_("country"))
    region = models.CharField(_("region or town"), max_length=80, blank=True)
    skill: Any = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from which quarter on?"))
    people = models.PositiveSmallIntegerField(
        _("how many people?"), default=1, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    reason = models.TextField(_("why?"), max_length=500, blank=True)
    certainty = models.CharField(_("how sure is it?"), max_length=8, choices=Certainty, default=Certainty.LIKELY)
    state = models.CharField(max_length=8, choices=ForeseenState, default=ForeseenState.OPEN, editable=False)
    need = models.OneToOneField(Need, models.PROTECT, null=True, related_name="foreseen", editable=False)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("foreseen need")
        verbose_name_plural = _("foreseen needs")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ForeseenState.values), name="foreseen_state_known"),
            models.CheckConstraint(condition=Q(certainty__in=Certainty.values), name="foreseen_certainty_known"),
            models.CheckConstraint(
                condition=Q(starts_on__day=1, starts_on__month__in=[1, 4, 7, 10]), name="foreseen_starts_a_quarter"
            ),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=500), name="foreseen_for_somebody"),
            models.CheckConstraint(
                condition=Q(state="drafted", need__isnull=False) | ~Q(state="drafted") & Q(need__isnull=True),
                name="foreseen_drafted_has_need",
            ),
        ]
        indexes = [
            models.Index(fields=["country", "starts_on"], name="foreseen_by_quarter"),
            models.Index(
                fields=["starts_on"], condition=Q(state="open", reminded_at__isnull=True), name="foreseen_to_remind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} from {self.starts_on}"

"""What coordinators check of an organisation, and what each country asks for."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models.organisation import Organisation
from diaspora_net.accounts.states import CheckItem, CheckResult


class DueDiligenceCheck(models.Model):
    """One item of the checklist as somebody found it; rows are added, never changed, and the newest of an item counts.

    Written by ``accounts.actions.due_diligence`` only.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="checks", db_index=False)
    item = models.CharField(max_length=16, choices=CheckItem)
    result = models.CharField(max_length=12, choices=CheckResult)
    note = models.TextField(_("note"), max_length=500)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("check of an organisation")
        verbose_name_plural = _("checks of organisations")
        constraints = [
            models.CheckConstraint(condition=Q(item__in=CheckItem.values), name="due_diligence_item_known"),
            models.CheckConstraint(condition=Q(result__in=CheckResult.values), name="due_diligence_result_known"),
            models.CheckConstraint(condition=~Q(note=""), name="due_diligence_has_note"),
        ]
        indexes = [models.Index(fields=["organisation", "item", "-checked_at"], name="due_diligence_newest")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.item} {self.result}"


class RequiredChecks(models.Model):
    """What the coordinators of one country ask for before an organisation is recommended, instead of the network's."""

    country = CountryField(_("country"), unique=True)
    items = ArrayField(models.CharField(max_length=16, choices=CheckItem))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("required checks of a country")
        verbose_name_plural = _("required checks of countries")
        constraints = [
            models.CheckConstraint(
                condition=Q(items__contains=["callback", "impersonation"], items__contained_by=CheckItem.values),
                name="required_checks_known_and_enough",
            )
        ]

    def __str__(self) -> str:
        return f"{self.country}: {', '.join(self.items)}"

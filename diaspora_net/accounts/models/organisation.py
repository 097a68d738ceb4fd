"""The institution, and what was decided about it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models.user import validate_time_zone
from diaspora_net.accounts.states import DocumentKind, OrganisationKind, OrganisationState
from diaspora_net.core.references import new_reference


class Organisation(models.Model):
    """A host institution in a country of origin.

    Its state changes only through ``accounts.actions``. ``applied_at`` is since when it waits, or waited last, for a
    coordinator's decision. When renewal is due it is asked at ``renewal_asked_at`` and says at ``facts_confirmed_at``
    that everything is still right, none until it does. ``verification`` is what two coordinators said last, good until
    ``verified_until``; the database lets it become verified by a new one only.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    country = CountryField(_("country"))
    city = models.CharField(_("city"), max_length=80, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    website = models.URLField(_("website"), blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    is_government = models.BooleanField(_("part of the government"), default=False)
    state = models.CharField(
        max_length=24, choices=OrganisationState, default=OrganisationState.APPLIED, editable=False
    )
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_until = models.DateField(null=True, editable=False)
    renewal_asked_at = models.DateTimeField(null=True, editable=False)
    facts_confirmed_at = models.DateTimeField(null=True, editable=False)
    verification = models.ForeignKey(
        "accounts.Verification", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    applied_at = models.DateTimeField(default=timezone.now, editable=False)
    # What names and hosts look like, whoever writes them; ``queries.look_alikes`` compares them.
    name_likeness = models.GeneratedField(
        expression=models.Func(models.F("name"), function="accounts_likeness"),
        output_field=models.TextField(),
        db_persist=True,
    )
    host_likeness = models.GeneratedField(
        expression=models.Func(models.F("website"), function="accounts_host_likeness"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OrganisationState.values), name="organisation_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False),
                name="organisation_verified_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["verified", "renewal_due", "lapsed"])
                | models.Q(verified_until__isnull=False),
                name="organisation_verified_until_a_day",
            ),
        ]
        # Without a list of what is not indexed yet: names are written seldom and compared at once.
        indexes = [
            models.Index(fields=["country", "state"], name="organisation_country_state"),
            GinIndex(
                fields=["name_likeness"],
                name="organisation_name_likeness",
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            ),
            GinIndex(
                fields=["host_likeness"],
                name="organisation_host_likeness",
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationDecision(models.Model):
    """One decision of a coordinator about an organisation, with its reason and the documents that it ``asked`` for."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="decisions")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(_("decision"), max_length=24, choices=OrganisationState)
    reason = models.TextField(_("reason"), max_length=1000)
    asked = ArrayField(models.CharField(max_length=12, choices=DocumentKind), default=list, db_default=[])
    decided_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision about an organisation")
        verbose_name_plural = _("decisions about organisations")
        ordering = ["-decided_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="organisation_decision_has_reason"),
            models.CheckConstraint(
                condition=models.Q(state__in=OrganisationState.values), name="organisation_decision_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.state}"

"""A Skills Mobility Partnership: partners on both sides, its documents, who is trained, and a page for outsiders."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.core.references import new_reference
from engagements.models.programme import Programme
from engagements.states import AgeBand, BeneficiaryType, CountrySide, PartnerRole, Sex, Track
from messaging.models import File


class Partner(models.Model):
    """Who carries a partnership, on which side and as what."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=160)
    role = models.CharField(_("part"), max_length=20, choices=PartnerRole)
    side = models.CharField(_("side"), max_length=12, choices=CountrySide)
    country = CountryField(_("country"))
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["side", "role", "name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name", "role"], name="partner_once"),
            models.CheckConstraint(condition=Q(role__in=PartnerRole.values), name="partner_role_known"),
            models.CheckConstraint(condition=Q(side__in=CountrySide.values), name="partner_side_known"),
            models.CheckConstraint(condition=~Q(name=""), name="partner_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeDocument(models.Model):
    """A document of a programme. ``is_shared`` lets whoever has a link to the shared page take it, too."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="documents")
    file = models.OneToOneField(File, models.PROTECT, related_name="programme_document")
    is_shared = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document of a programme")
        verbose_name_plural = _("documents of programmes")
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return f"document {self.reference}"


class Beneficiary(models.Model):
    """Somebody a programme trains, as its coordinators know them, and where they go on."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="beneficiaries")
    name = models.CharField(_("name"), max_length=120)
    track = models.CharField(_("track"), max_length=10, choices=Track, default=Track.UNDECIDED)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="beneficiary_once"),
            models.CheckConstraint(condition=Q(track__in=Track.values), name="beneficiary_track_known"),
            models.CheckConstraint(condition=~Q(name=""), name="beneficiary_has_name"),
        ]

    def __str__(self) -> str:
        return f"beneficiary {self.reference}"


class BeneficiaryFacts(models.Model):
    """What somebody chose to say for the statistics. Kept apart, counted only, and read by nothing that ranks."""

    beneficiary = models.OneToOneField(Beneficiary, models.CASCADE, related_name="facts")
    types = ArrayField(models.CharField(max_length=20, choices=BeneficiaryType), default=list, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    age_band = models.CharField(_("age"), max_length=8, choices=AgeBand, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("facts about a beneficiary")
        verbose_name_plural = _("facts about beneficiaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(types__contained_by=BeneficiaryType.values), name="beneficiary_types_known"
            ),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="beneficiary_sex_known"),
            models.CheckConstraint(condition=Q(age_band__in=["", *AgeBand.values]), name="beneficiary_age_known"),
        ]

    def __str__(self) -> str:
        return f"facts about {self.beneficiary_id}"


class ShareLink(models.Model):
    """A private address of a programme's shared page. Only the hash of its token is kept."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="share_links")
    label = models.CharField(_("for whom"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("link to a shared page")
        verbose_name_plural = _("links to shared pages")
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="share_link_has_label")]

    def __str__(self) -> str:
        return f"link {self.reference}"

"""Who takes part in a programme: its rules, its cohorts and their members."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.states import OrganisationKind
from diaspora_net.core.references import new_reference
from engagements.models.programme import Programme
from engagements.states import LIVE_MEMBER_STATES, CohortStage, MemberState
from mentors.models import ExpertProfile, Skill
from mentors.states import LanguageLevel, WorkingLanguage


class Eligibility(models.Model):
    """Who may join a programme. What is empty is not asked; of what is listed, one is enough."""

    programme = models.OneToOneField(Programme, models.CASCADE, related_name="eligibility")
    origins = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    residences = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    skills = models.ManyToManyField(Skill, related_name="+", blank=True)
    languages = ArrayField(models.CharField(max_length=8, choices=WorkingLanguage), default=list, blank=True)
    language_level = models.PositiveSmallIntegerField(choices=LanguageLevel, default=LanguageLevel.B2)
    organisation_kinds = ArrayField(models.CharField(max_length=20, choices=OrganisationKind), default=list, blank=True)
    verified_only = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("eligibility")
        verbose_name_plural = _("eligibilities")
        constraints = [
            models.CheckConstraint(
                condition=Q(languages__contained_by=WorkingLanguage.values), name="eligibility_languages_known"
            ),
            models.CheckConstraint(
                condition=Q(organisation_kinds__contained_by=OrganisationKind.values), name="eligibility_kinds_known"
            ),
        ]

    def __str__(self) -> str:
        return f"eligibility of {self.programme_id}"


class Cohort(models.Model):
    """One round of a programme. ``places`` is how many experts it takes, none for as many as come."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="cohorts")
    name = models.CharField(_("name"), max_length=60)
    state = models.CharField(max_length=8, choices=CohortStage, default=CohortStage.FORMING, editable=False)
    places = models.PositiveSmallIntegerField(_("places for experts"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="cohort_name_once"),
            # What the keys of needs and members to (cohort, programme) lead to.
            models.UniqueConstraint(fields=["id", "programme"], name="cohort_of_programme"),
            models.CheckConstraint(condition=Q(state__in=CohortStage.values), name="cohort_state_known"),
            models.CheckConstraint(condition=~Q(name=""), name="cohort_has_name"),
            models.CheckConstraint(condition=Q(places__isnull=True) | Q(places__gte=1), name="cohort_places_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """An expert or an organisation in a programme; who comes back has a new row. Changed by ``actions.members``."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="members")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="members")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, null=True, related_name="programmes")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="programmes")
    state = models.CharField(max_length=8, choices=MemberState, default=MemberState.APPLIED, editable=False)
    message = models.TextField(_("message"), max_length=500, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("member of a programme")
        verbose_name_plural = _("members of programmes")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MemberState.values), name="member_state_known"),
            models.CheckConstraint(
                condition=Q(expert__isnull=True, organisation__isnull=False)
                | Q(expert__isnull=False, organisation__isnull=True),
                name="member_is_one_of_both",
            ),
            models.UniqueConstraint(
                fields=["programme", "expert"],
                condition=Q(state__in=sorted(LIVE_MEMBER_STATES)),
                name="member_expert_once",
            ),
            models.UniqueConstraint(
                fields=["programme", "organisation"],
                condition=Q(state__in=sorted(LIVE_MEMBER_STATES)),
                name="member_organisation_once",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state"], name="member_cohort_state")]

    def __str__(self) -> str:
        return f"member {self.reference}"

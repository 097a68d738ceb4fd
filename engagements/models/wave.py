"""Mapping waves: a survey of a diaspora, the answers while they are kept, and results that never change."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.core.mails import DueMail
from diaspora_net.core.references import new_reference
from engagements.states.waves import Asked, Purpose, WaveState


class MappingWave(models.Model):
    """A survey of the people from one country of origin. Its state changes only through ``actions.waves``.

    ``consents`` are the texts people agreed to, ``{"text", "since"}``, the last one in force: a version is a place in
    the list, counted from 1. ``own_questions`` are ``{"code", "label", "choices"}``. ``results`` are what
    ``queries.wave_results`` counted when the wave closed; the database refuses to change them. ``asked_up_to`` is the
    last expert who was told, None when nobody is left to tell. Answers go on ``keep_until``, and then ``erased_at`` is
    set.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    country = CountryField(_("country of origin"))
    title = models.CharField(_("title"), max_length=140)
    purpose = models.TextField(_("what it is for"), max_length=1500)
    legal_basis = models.TextField(_("who is responsible, and on which legal ground"), max_length=1500)
    consents = models.JSONField(default=list, editable=False)
    asks = ArrayField(models.CharField(max_length=12, choices=Asked), verbose_name=_("who is asked"))
    questions = ArrayField(models.CharField(max_length=20), verbose_name=_("questions"))
    own_questions = models.JSONField(default=list, editable=False)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    keep_until = models.DateField(_("answers are deleted after"))
    state = models.CharField(max_length=6, choices=WaveState, default=WaveState.DRAFT, editable=False)
    results = models.JSONField(null=True, editable=False)
    asked_up_to = models.BigIntegerField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    shown_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("mapping wave")
        verbose_name_plural = _("mapping waves")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WaveState.values), name="wave_state_known"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on"), closes_on__lt=F("keep_until")), name="wave_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", results__isnull=False, closed_at__isnull=False)
                | (~Q(state="closed") & Q(results__isnull=True, shown_at__isnull=True, erased_at__isnull=True)),
                name="wave_closed_has_results",
            ),
            models.CheckConstraint(condition=~Q(questions=[]) & ~Q(asks=[]), name="wave_asks_somebody_something"),
        ]
        indexes = [
            models.Index(fields=["closes_on"], condition=Q(state="open"), name="wave_open"),
            models.Index(fields=["keep_until"], condition=Q(erased_at__isnull=True), name="wave_keeps"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def consent_version(self) -> int:
        """Return which text is in force."""
        return len(self.consents)

    @property
    def consent_text(self) -> str:
        """Return the text in force."""
        return str(self.consents[-1]["text"]) if self.consents else ""

    @property
    def takes_answers(self) -> bool:
        """Say whether somebody may answer today; days are those of UTC."""
        return self.state == WaveState.OPEN and self.opens_on <= timezone.now().date() <= self.closes_on


class MappingAnswer(DueMail):
    """What one person answered, tied to no account. The database takes it only while the wave is open.

    ``answers`` maps the code of a question to the codes chosen. ``form_key`` is of the form that was sent, so that it
    counts once however often; ``mark`` is made from the address, for the same reason, and tells no address. ``email``
    is kept until the mail with the link has left or was given up, and longer for who agreed to be written to again.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    wave = models.ForeignKey(MappingWave, models.CASCADE, related_name="answers")
    answers = models.JSONField(default=dict)
    agreed = ArrayField(models.CharField(max_length=8, choices=Purpose))
    consent_version = models.PositiveSmallIntegerField()
    agreed_at = models.DateTimeField(default=timezone.now)
    came_by = models.CharField(max_length=12, choices=Asked, default=Asked.LINK)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    form_key = models.UUIDField(default=uuid4)
    mark = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    mails = models.PositiveSmallIntegerField(default=0)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer of a mapping wave")
        verbose_name_plural = _("answers of mapping waves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "form_key"], name="wave_form_once"),
            models.UniqueConstraint(fields=["wave", "mark"], condition=~Q(mark=""), name="wave_address_once"),
            models.CheckConstraint(condition=Q(agreed__contains=["results"]), name="wave_answer_agreed"),
            models.CheckConstraint(
                condition=Q(email="") | Q(agreed__contains=["again"]) | Q(mail_at__isnull=False),
                name="wave_address_kept_if_agreed",
            ),
        ]
        indexes = [models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="wave_mail_due")]

    def __str__(self) -> str:
        return f"answer {self.reference}"

"""What people say about suggestions without proposing: not for me, for later, and tell me about such needs."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.mails import DueMail
from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.states import DeclineReason, SearchAlert
from mentors.models import ExpertProfile
from mentors.states import Modality, WorkingLanguage


class Dismissal(models.Model):
    """A need the expert does not want to see again, with why; it can be taken back, and its effects with it.

    ``hides_organisation`` keeps all needs of that organisation away; ``pauses_until`` keeps every suggestion away
    before that day.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="dismissals")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="dismissals")
    reason = models.CharField(_("reason"), max_length=20, choices=DeclineReason)
    hides_organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", null=True)
    pauses_until = models.DateField(null=True)
    dismissed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hidden suggestion")
        verbose_name_plural = _("hidden suggestions")
        constraints = [models.UniqueConstraint(fields=["need", "expert"], name="dismissal_once")]

    def __str__(self) -> str:
        return f"{self.expert_id} hides {self.need_id}"


class SavedNeed(models.Model):
    """A need the expert keeps for later."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="saved_needs")
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved need")
        verbose_name_plural = _("saved needs")
        constraints = [models.UniqueConstraint(fields=["expert", "need"], name="saved_need_once")]

    def __str__(self) -> str:
        return f"{self.expert_id} keeps {self.need_id}"


class SavedSearch(models.Model):
    """Filters over the open needs under a name, and whether new needs that fit them are told.

    Told are needs that opened after ``alerts_since``, each once (``SearchHit``). ``due_at`` is when the sweep looks
    next; empty while alerts are off.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    text = models.CharField(_("words"), max_length=100, blank=True)
    country = CountryField(_("country"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=WorkingLanguage, blank=True)
    modality = models.CharField(_("how"), max_length=20, choices=Modality, blank=True)
    alert = models.CharField(_("tell me about new needs"), max_length=8, choices=SearchAlert, default=SearchAlert.OFF)
    alerts_since = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.CheckConstraint(condition=models.Q(alert__in=SearchAlert.values), name="saved_search_alert_known"),
            models.CheckConstraint(
                condition=models.Q(alert="off", due_at__isnull=True)
                | (~models.Q(alert="off") & models.Q(due_at__isnull=False)),
                name="saved_search_due_when_on",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="saved_search_due"),
        ]

    def __str__(self) -> str:
        return self.name


class SearchHit(models.Model):
    """A need that a saved search has told of."""

    pk = models.CompositePrimaryKey("search_id", "need_id")
    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="hits", db_index=False)
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    told_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("need told by a search")
        verbose_name_plural = _("needs told by searches")

    def __str__(self) -> str:
        return f"{self.search_id}/{self.need_id}"


class Digest(DueMail):
    """The weekly e-mail of one expert about new needs that fit: whether they want it, and when it is due."""

    expert = models.OneToOneField(ExpertProfile, models.CASCADE, primary_key=True, related_name="digest")
    is_wanted = models.BooleanField(_("send me new needs that fit, once a week"), default=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("weekly e-mail")
        verbose_name_plural = _("weekly e-mails")
        indexes = [models.Index(fields=["mail_at"], condition=models.Q(mail_at__isnull=False), name="digest_due")]

    def __str__(self) -> str:
        return f"digest of {self.expert_id}"


class DigestNeed(models.Model):
    """A need that an expert's weekly e-mail has told of; it is new only once."""

    pk = models.CompositePrimaryKey("expert_id", "need_id")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="+", db_index=False)
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    told_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("need told by e-mail")
        verbose_name_plural = _("needs told by e-mail")

    def __str__(self) -> str:
        return f"{self.expert_id}/{self.need_id}"

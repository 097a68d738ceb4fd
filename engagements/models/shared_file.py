"""Files that an engagement shares, and what of its work stays with the institution."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.states import Side
from messaging.models import File


class SharedFile(models.Model):
    """A file of an engagement. ``in_kit_at`` puts it into the handover kit, which stays with the institution.

    The file itself is checked, stored and counted by ``messaging``. Changed by ``actions.shared_files`` and
    ``actions.handover`` only; a file that is removed leaves no row.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="shared_files")
    file = models.OneToOneField(File, models.PROTECT, related_name="shared")
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shared_side = models.CharField(max_length=12, choices=Side)
    shared_at = models.DateTimeField(default=timezone.now, editable=False)
    in_kit_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("shared file")
        verbose_name_plural = _("shared files")
        ordering = ["-shared_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(shared_side__in=Side.values), name="shared_file_side_known"),
        ]

    def __str__(self) -> str:
        return f"shared file {self.reference}"


class KitItem(models.Model):
    """A note or a link in the handover kit; a link has an ``url``. Changed by ``actions.handover`` only."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="kit_items")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("note"), max_length=3000, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("part of a handover kit")
        verbose_name_plural = _("parts of handover kits")
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="kit_item_has_title"),
            models.CheckConstraint(condition=~Q(text="", url=""), name="kit_item_says_something"),
        ]

    def __str__(self) -> str:
        return f"kit item {self.reference}"

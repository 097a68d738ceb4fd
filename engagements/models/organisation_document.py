"""Documents of an organisation's due diligence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.states import DocumentKind
from diaspora_net.core.references import new_reference
from messaging.models import File


class OrganisationDocument(models.Model):
    """A document that shows who an organisation is, from itself or, where ``is_found``, found by a coordinator.

    The file is checked, stored and counted by ``messaging``; ``queries.organisation_documents`` says who may have it.
    Written by ``actions.organisation_documents`` only; one that is removed leaves no row.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="documents")
    file = models.OneToOneField(File, models.PROTECT, related_name="document")
    kind = models.CharField(_("what it shows"), max_length=12, choices=DocumentKind)
    is_found = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document of an organisation")
        verbose_name_plural = _("documents of organisations")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="organisation_document_kind_known"),
        ]

    def __str__(self) -> str:
        return f"document {self.reference}"

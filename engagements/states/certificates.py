"""States and parts of certificates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class CertificateKind(models.TextChoices):
    """What a certificate is evidence of."""

    CONTRIBUTION = "contribution", _("Contribution")
    PARTICIPATION = "participation", _("Participation")


class CertificateState(models.TextChoices):
    """Whether a certificate still holds."""

    ISSUED = "issued", _("Valid")
    REVOKED = "revoked", _("Withdrawn")
    REISSUED = "reissued", _("Replaced")


CERTIFICATE_TRANSITIONS: Transitions = {"issued": {"revoked", "reissued"}}


class CertificatePart(models.TextChoices):
    """What the public check page of a certificate may tell; whether it is valid is told always."""

    HOLDER = "holder", _("The name")
    ORGANISATION = "organisation", _("The organisation and its country")
    WORK = "work", _("The work and its days")
    HOURS = "hours", _("The hours")
    SKILLS = "skills", _("The skills")

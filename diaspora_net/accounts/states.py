"""States and roles of people and organisations, with the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class EmailChoice(models.TextChoices):
    """What an e-mail of one kind may say, if it leaves at all."""

    OFF = "off", _("None")
    NEUTRAL = "neutral", _("Neutral: no names, no words")
    NAMED = "named", _("With names and the first line")


class OrganisationState(models.TextChoices):
    """Where an organisation stands in due diligence."""

    APPLIED = "applied", _("Waiting for verification")
    DOCUMENTS_REQUESTED = "documents_requested", _("Documents requested")
    VERIFIED = "verified", _("Verified")
    RENEWAL_DUE = "renewal_due", _("Renewal due")
    LAPSED = "lapsed", _("Verification lapsed")
    SUSPENDED = "suspended", _("Suspended")


ORGANISATION_TRANSITIONS: Transitions = {
    "applied": {"documents_requested", "verified", "suspended"},
    "documents_requested": {"applied", "verified", "suspended"},
    "verified": {"renewal_due", "suspended"},
    "renewal_due": {"verified", "lapsed", "suspended"},
    "lapsed": {"verified", "suspended"},
    "suspended": {"applied"},
}
# A renewal that is due has not lapsed: the organisation goes on working meanwhile.
TRUSTED_STATES = frozenset({OrganisationState.VERIFIED, OrganisationState.RENEWAL_DUE})


# An organisation whose verification has lapsed keeps its open needs and its work, and opens nothing new.
KEEPING_STATES = TRUSTED_STATES | {OrganisationState.LAPSED}
RENEWING_STATES = frozenset({OrganisationState.RENEWAL_DUE, OrganisationState.LAPSED})
# What coordinators may recommend; who is verified already is not recommended again before renewal is due.
CHECKED_STATES = frozenset(set(OrganisationState) - {OrganisationState.VERIFIED})
# An organisation that was suspended, or asked for documents, waits for verification again once it is recommended.
REAPPLYING_STATES = frozenset({OrganisationState.DOCUMENTS_REQUESTED, OrganisationState.SUSPENDED})


class VerificationState(models.TextChoices):
    """How far two coordinators have come with one verification."""

    RECOMMENDED = "recommended", _("Waits for a second coordinator")
    CONFIRMED = "confirmed", _("Confirmed by two coordinators")
    WITHDRAWN = "withdrawn", _("Not confirmed")


VERIFICATION_TRANSITIONS: Transitions = {"recommended": {"confirmed", "withdrawn"}}


class CheckItem(models.TextChoices):
    """What is looked at before an organisation is recommended."""

    CALLBACK = "callback", _("Called back on a number found independently")
    REGISTRATION = "registration", _("Registration number seen in a public register")
    DOMAIN = "domain", _("Website and e-mail addresses are its own")
    ADDRESS = "address", _("The address exists and is theirs")
    MANDATE = "mandate", _("The representative may speak for it")
    IMPERSONATION = "impersonation", _("On no sanctions list, and not posing as somebody else")


class CheckResult(models.TextChoices):
    """What a check found."""

    PASSED = "passed", _("In order")
    CONCERN = "concern", _("A concern")
    NOT_NEEDED = "not_needed", _("Does not apply here")


# What a network asks for; the coordinators of a country may ask for more or less, but never without these two.
REQUIRED_CHECKS = frozenset(set(CheckItem) - {CheckItem.DOMAIN, CheckItem.ADDRESS})
ALWAYS_REQUIRED = frozenset({CheckItem.CALLBACK, CheckItem.IMPERSONATION})


class DocumentKind(models.TextChoices):
    """What a document of an organisation shows."""

    REGISTRATION = "registration", _("Registration or founding act")
    MANDATE = "mandate", _("Letter that names who speaks for it")
    ADDRESS = "address", _("Proof of address")
    TAX = "tax", _("Tax or public-body certificate")
    OTHER = "other", _("Something else")


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    HOSPITAL = "hospital", _("Hospital or clinic")
    MINISTRY = "ministry", _("Ministry or public agency")
    UNIVERSITY = "university", _("University or research institute")
    COLLEGE = "college", _("School or technical college")
    MUNICIPALITY = "municipality", _("Municipality")
    UTILITY = "utility", _("Utility")
    COMPANY = "company", _("Company or cooperative")
    NGO = "ngo", _("Non-profit organisation")
    RESOURCE_CENTRE = "resource_centre", _("Migrant resource centre")


class MemberRole(models.TextChoices):
    """What a member may do for the organisation: owners do everything, posters post and answer, counterparts learn."""

    OWNER = "owner", _("Owner")
    POSTER = "poster", _("Posts and answers")
    COUNTERPART = "counterpart", _("Counterpart")


SPEAKING_ROLES = frozenset({MemberRole.OWNER, MemberRole.POSTER})


class JoinRole(models.TextChoices):
    """What brings a person here, asked once when they join; it only chooses the first steps."""

    EXPERT = "expert", _("I offer my skills")
    ORGANISATION = "organisation", _("My organisation needs expertise")
    COORDINATOR = "coordinator", _("I coordinate a programme")

"""What a column of a file can be, noun by noun; the headings it is known by stand in ``documents/headings.ini``."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.states import OrganisationKind
from engagements.states.imports import ImportNoun
from engagements.states.programmes import BeneficiaryType, ProgrammeComponent, ProgrammeKind, SkillFocus
from mentors.states import EngagementKind, Modality


@dataclass(frozen=True)
class Column:
    """One thing that a row may say.

    ``kind`` names how it is read (``engagements.documents.values``); ``most`` is the longest text, the highest number
    or the most of a list.
    """

    name: str
    label: Promise
    kind: str
    most: int = 0
    is_required: bool = False
    choices: type[models.TextChoices] | None = field(default=None, compare=False)


COLUMNS: dict[str, tuple[Column, ...]] = {
    ImportNoun.EXPERTS: (
        Column("email", _("E-mail address"), "email", most=254, is_required=True),
        Column("full_name", _("Full name"), "text", most=120),
        Column("first_name", _("First name"), "text", most=60),
        Column("last_name", _("Family name"), "text", most=60),
        Column("headline", _("Profession"), "text", most=120),
        Column("about", _("About their work"), "text", most=2000),
        Column("residence", _("Country of residence"), "country"),
        Column("city", _("City"), "text", most=80),
        Column("origins", _("Countries of origin"), "countries", most=3),
        Column("skills", _("Skills"), "skills", most=30),
        Column("languages", _("Languages they work in"), "languages", most=10),
        Column("hours_per_month", _("Hours a month"), "number", most=200),
        Column("modalities", _("Ways of working"), "choices", choices=Modality),
        Column("mail_language", _("Language to write to them in"), "mail_language"),
    ),
    ImportNoun.ORGANISATIONS: (
        Column("name", _("Name"), "text", most=160, is_required=True),
        Column("kind", _("Kind of institution"), "choice", is_required=True, choices=OrganisationKind),
        Column("country", _("Country"), "country"),
        Column("city", _("City"), "text", most=80),
        Column("website", _("Website"), "url", most=200),
        Column("registration_number", _("Registration number"), "text", most=60),
        Column("about", _("About"), "text", most=2000),
        Column("is_government", _("Part of the government"), "yes"),
        Column("contact_name", _("Contact person"), "text", most=120),
        Column("contact_email", _("E-mail address of the contact person"), "email", most=254),
    ),
    ImportNoun.NEEDS: (
        Column("organisation", _("Institution"), "organisation", is_required=True),
        Column("title", _("What they need done"), "text", most=140, is_required=True),
        Column("context", _("Context"), "text", most=3000),
        Column("deliverable", _("Result"), "text", most=1000),
        Column("knowledge_transfer", _("Who learns, and how it stays"), "text", most=1000),
        Column("kind", _("Kind of help"), "choice", choices=EngagementKind),
        Column("modality", _("How"), "choice", choices=Modality),
        Column("hours", _("Hours in all"), "number", most=2000),
        Column("starts_on", _("Not before"), "day"),
        Column("closes_on", _("By when"), "day"),
        Column("places", _("Places"), "number", most=50),
        Column("is_urgent", _("Urgent"), "yes"),
        Column("skills", _("Required skills"), "skills", most=12),
        Column("languages", _("Languages of the work"), "languages", most=3),
        Column("focal_point", _("E-mail address of the focal point"), "email", most=254),
    ),
    ImportNoun.PROGRAMMES: (
        Column("name", _("Name"), "text", most=140, is_required=True),
        Column("kind", _("Kind of programme"), "choice", choices=ProgrammeKind),
        Column("summary", _("What it is"), "text", most=1000),
        Column("origins", _("Countries of origin"), "countries", most=20),
        Column("destinations", _("Countries of destination"), "countries", most=20),
        Column("starts_on", _("Starts on"), "day"),
        Column("ends_on", _("Ends on"), "day"),
        Column("component", _("Component"), "choice", choices=ProgrammeComponent),
        Column("skill_focus", _("Skill focus"), "choice", choices=SkillFocus),
        Column("beneficiary_types", _("Whom it serves"), "choices", choices=BeneficiaryType),
    ),
}


def column_of(noun: str, name: str) -> Column | None:
    """Return the column of a noun by its name, None when there is none."""
    return next((one for one in COLUMNS[noun] if one.name == name), None)

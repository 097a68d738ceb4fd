"""What a list says of somebody, in words, for the person themselves."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django_countries import countries

from engagements.models import ListedPerson
from mentors.states import LanguageLevel, Modality, WorkingLanguage


def details_in_words(person: ListedPerson, labels: Mapping[int, str]) -> list[dict[str, str]]:
    """Return term and text of everything that is kept of the person; ``labels`` are the names of its concepts."""
    told = person.details
    languages = [
        f"{WorkingLanguage(code).label} ({LanguageLevel(level).label})" for code, level in told.get("languages", ())
    ]
    pairs = [
        (_("Institution"), person.organisation.name if person.organisation else ""),
        (_("Name"), told.get("full_name", "")),
        (_("E-mail address"), person.email),
        (_("Profession"), told.get("headline", "")),
        (_("About your work"), told.get("about", "")),
        (_("Lives in"), _place(told.get("city", ""), told.get("residence", ""))),
        (_("From"), ", ".join(str(countries.name(code)) for code in told.get("origins", ()))),
        (_("Skills"), ", ".join(labels[pk] for pk in told.get("skills", ()) if pk in labels)),
        (_("Languages"), ", ".join(languages)),
        (_("Hours a month"), str(told.get("hours_per_month", ""))),
        (_("Ways of working"), ", ".join(str(Modality(code).label) for code in told.get("modalities", ()))),
    ]
    return [{"term": term, "text": text} for term, text in pairs if text]


def _place(city: str, country: str) -> str:
    return ", ".join(part for part in (city, str(countries.name(country)) if country else "") if part)

"""Facts of certificates, which are kept as codes, as people read them."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django_countries import countries

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """Return the name of a country (ISO 3166-1 alpha-2) in the active language."""
    return str(countries.name(code))


@register.filter
def day(text: str) -> str:
    """Return an ISO day in the active language's form."""
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else ""

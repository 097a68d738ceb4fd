"""Where experts live: the exact map of the desk, and the public one of closed periods."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django_countries import countries

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.forms import filter_chips
from engagements.forms.maps import MapForm, OriginForm
from engagements.queries.whereabouts import Whereabouts, mapped_countries, public_map, whereabouts
from engagements.reports.document import Document
from engagements.reports.map_document import map_document
from engagements.reports.map_figures import (
    families_figure,
    main_family_note,
    map_figure,
    names_in_language,
    report_families,
    report_map,
)
from engagements.reports.number_words import category_label
from engagements.reports.report_parts import Figure, Measured
from engagements.states.donor_reports import Readers
from engagements.states.indicators import Breakdown
from engagements.views.files_of_documents import document_file, drawn_kinds
from mentors.models import ExpertProfile
from mentors.queries.families import family_choices

PAGE_SIZE = 20


@signed_in
def desk_map(request: SignedInRequest) -> HttpResponse:
    """Show coordinators where the experts of their countries live, and who lives in the country of the address."""
    form, found = _desk(request)
    link = _link(request)
    figures = _desk_figures(found, link)
    residence = form.filters().residence
    context: dict[str, Any] = {
        "form": form,
        "chips": [chip for chip in filter_chips(form, request.GET) if chip["name"] != "residence"],
        "clear_url": reverse("engagements:desk-map"),
        "figures": figures,
        "total": sum(int(number.value or 0) for code, number in found.numbers.items() if len(code) == 2),
        "query": request.GET.urlencode(),
        "kinds": drawn_kinds(figures),
        "file_url": "engagements:desk-map-file",
    }
    if residence:
        parameters = request.GET.copy()
        parameters.pop("page", None)
        page = Paginator(found.people, PAGE_SIZE).get_page(request.GET.get("page"))
        names = names_in_language(found.names)
        context |= {
            "residence": category_label(Breakdown.HOME, residence),
            "page": page,
            "page_query": f"{parameters.urlencode()}&",
            "people": [_person(one, names.get(found.family_of[one.pk], "")) for one in page.object_list],
        }
    return render(request, "engagements/desk_map.html", context, status=422 if form.errors else 200)


def _desk(request: SignedInRequest) -> tuple[MapForm, Whereabouts]:
    remit = remit_countries(request.user)
    if not remit:
        raise Http404
    form = MapForm(request.GET or None, remit=remit, families=family_choices(get_language() or "en"))
    return form, whereabouts(request.user, remit, form.filters())


def _link(request: HttpRequest) -> Callable[[str], str]:
    """Return what leads to the people of one country, under the filters of the address."""

    def link(country: str) -> str:
        parameters = request.GET.copy()
        parameters.pop("page", None)
        parameters["residence"] = country
        return f"?{parameters.urlencode()}#people"

    return link


def _desk_figures(found: Whereabouts, link: Callable[[str], str] | None = None) -> list[Figure]:
    is_rtl = get_language_bidi()
    return [
        map_figure(_("Experts by country of residence"), found.numbers, is_rtl=is_rtl, link=link),
        families_figure(
            found.cells,
            names_in_language(found.names),
            lambda home: category_label(Breakdown.HOME, home),
            str(Breakdown.HOME.label),
            title=_("Experts by country and skill family"),
            note=main_family_note(),
            is_rtl=is_rtl,
        ),
    ]


def _person(profile: ExpertProfile, family: str) -> list[Any]:
    """Return a row of the list of people."""
    url = reverse("engagements:case", args=["experts", profile.reference])
    languages = ", ".join(str(row.get_language_display()) for row in profile.languages.all())
    return [{"text": str(profile.user), "url": url}, profile.headline, family, languages, profile.get_state_display()]


@signed_in
def desk_map_file(request: SignedInRequest, kind: str) -> HttpResponse:
    """Download the exact map under the filters of the address."""
    form, found = _desk(request)
    chips = [str(chip["label"]) for chip in filter_chips(form, request.GET) if chip["name"] != "residence"]
    today = _("Numbers of today, which can still change")
    return document_file(map_document([*chips, today], _desk_figures(found), Readers.COORDINATORS), kind, "map")


def public_where(request: HttpRequest) -> HttpResponse:
    """Show everybody where the experts of a country live, in the numbers of its last closed period."""
    mapped = mapped_countries()
    context: dict[str, Any] = {}
    if mapped:
        country = _origin(request, mapped)
        document = _public_document(country)
        context = {
            "form": OriginForm({"country": country}, mapped=mapped),
            "document": document,
            "query": f"country={country}",
            "kinds": drawn_kinds(document.figures),
            "file_url": "engagements:map-file",
        }
    return render(request, "engagements/map.html", context)


def public_where_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Download the public map of a country."""
    mapped = mapped_countries()
    if not mapped:
        raise Http404
    return document_file(_public_document(_origin(request, mapped)), kind, "map")


def _origin(request: HttpRequest, mapped: list[str]) -> str:
    asked = request.GET.get("country", "")
    return asked if asked in mapped else mapped[0]


def _public_document(country: str) -> Document:
    period, figures = public_map(country)
    measured, is_rtl = Measured(figures), get_language_bidi()
    facts = [
        _("Experts from %(country)s") % {"country": countries.name(country)},
        _("As of %(day)s") % {"day": date_format(period.ends_on)},
    ]
    return map_document(facts, [report_map(measured, is_rtl), report_families(measured, is_rtl)], Readers.PUBLIC)

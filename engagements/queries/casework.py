"""Read what coordinators keep about the things of their countries; outside their remit nothing of it exists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import colleagues_of, remit_countries
from diaspora_net.core import audit
from diaspora_net.core.models import AuditEntry
from engagements.models import Case, Need, Note, Programme, Proposal
from engagements.queries.programmes import programmes_of_remit
from engagements.rules.casework import Thing, countries_of
from engagements.states import NeedState
from mentors.models import ExpertProfile
from mentors.queries.profiles import visible_profiles

LATEST = 20


@dataclass(frozen=True)
class CasePage:
    """Everything about one thing that only its coordinators see. ``url`` leads to the thing itself."""

    thing: Thing
    title: str
    url: str
    case: Case | None
    is_resting: bool
    colleagues: list[User]
    notes: list[Note]
    history: list[AuditEntry]


def get_thing(viewer: User, noun: str, reference: str) -> Thing:
    """Return an organisation, expert, need, programme or proposal (``work``) of the viewer's countries.

    Raises Http404 otherwise. Queries: 2, for an expert 3.
    """
    countries = sorted(remit_countries(viewer))
    found: QuerySet[Thing]
    if noun == "organisations":
        found = Organisation.objects.filter(country__in=countries)
    elif noun == "experts":
        found = visible_profiles(viewer).filter(origins__country__in=countries).select_related("user").distinct()
    elif noun == "needs":
        found = Need.objects.filter(organisation__country__in=countries, is_pathway=False).exclude(
            state=NeedState.DRAFT
        )
        found = found.select_related("organisation")
    elif noun == "programmes":
        found = programmes_of_remit(viewer)
    else:
        found = Proposal.objects.filter(need__organisation__country__in=countries, need__is_pathway=False)
        found = found.select_related("need__organisation", "expert__user", "engagement")
    # People know work by the address of its engagement as well as by that of its proposal.
    known = Q(reference=reference) | Q(engagement__reference=reference) if noun == "work" else Q(reference=reference)
    thing = found.filter(known).first()
    if thing is None:
        raise Http404
    return thing


def field_of(thing: Thing) -> str:
    """Return by which field cases and notes name this thing."""
    names = {Organisation: "organisation", ExpertProfile: "expert", Need: "need", Proposal: "proposal"}
    return {**names, Programme: "programme"}[thing._meta.model]


def case_page(viewer: User, thing: Thing) -> CasePage:
    """Return the page about a thing that ``get_thing`` found. Queries: 4, for an expert 5."""
    about = {field_of(thing): thing}
    case = Case.objects.filter(**about).select_related("owner", "rested_by").first()
    countries: Collection[str] = countries_of(thing)
    title, url = named(thing)
    return CasePage(
        thing=thing,
        title=title,
        url=url,
        case=case,
        is_resting=is_resting(case, timezone.localdate(timezone=viewer.zone)),
        colleagues=list(colleagues_of(countries)),
        notes=list(Note.objects.filter(**about).select_related("written_by")),
        history=list(audit.history_of(thing).reverse()[:LATEST]),
    )


def is_resting(case: Case | None, today: date) -> bool:
    """Say whether a thing rests today."""
    return case is not None and case.rests_until is not None and case.rests_until > today


def named(thing: Thing) -> tuple[str, str]:
    """Return the name of a thing and the address of its page."""
    if isinstance(thing, Organisation):
        return thing.name, reverse("engagements:desk-organisation", args=[thing.reference])
    if isinstance(thing, ExpertProfile):
        return str(thing.user), reverse("mentors:profile", args=[thing.reference])
    if isinstance(thing, Need):
        return thing.title, reverse("engagements:desk-need", args=[thing.reference])
    if isinstance(thing, Programme):
        return thing.name, reverse("engagements:desk-programme", args=[thing.reference])
    engagement = getattr(thing, "engagement", None)
    page = "engagement" if engagement else "proposal"
    return thing.need.title, reverse(f"engagements:{page}", args=[(engagement or thing).reference])

"""What rows of a file are twins of: rows further up, and what is here already. One batch of rows at a time."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Min, Model, QuerySet
from django.db.models.functions import Lower

from diaspora_net.accounts.models import Membership, Organisation
from diaspora_net.accounts.states import SPEAKING_ROLES, OrganisationState
from diaspora_net.core import audit
from engagements.documents.understanding import Row
from engagements.models import Import, ImportRow, ListedPerson, ListRefusal, Need, Programme
from engagements.payloads.listed import address_mark
from engagements.states import NeedState, ProgrammeState
from engagements.states.imports import ImportNoun, ListedState
from mentors.labels import fold
from mentors.queries.profiles import visible_profiles

LONGEST_KEY = 300


@dataclass(frozen=True)
class Twin:
    """What is here already; ``is_open`` while nobody has taken it over, so that a file may write over it."""

    pk: int
    is_open: bool


@dataclass(frozen=True)
class Here:
    """What is here of a batch of keys: twins by key, keys that are refused, names that stand for somebody already."""

    twins: Mapping[str, Twin] = field(default_factory=dict)
    refused: Collection[str] = ()
    names: Collection[tuple[str, str]] = ()


def key_of(noun: str, values: Mapping[str, Any]) -> str:
    """Return what must not be in a file twice, empty when the row does not say it."""
    if noun == ImportNoun.EXPERTS:
        return str(values.get("email", "")).lower()
    if noun == ImportNoun.NEEDS:
        place, title = values.get("organisation_id"), fold(values.get("title", ""))
        return f"{place}|{title}"[:LONGEST_KEY] if place and title else ""
    return fold(values.get("name", ""))[:LONGEST_KEY]


def lines_before(run: Import, keys: Iterable[str]) -> dict[str, int]:
    """Return by key the first line of the file that says the same, of those read so far. Queries: 1."""
    rows = ImportRow.objects.filter(run=run, key__in=sorted({key for key in keys if key}))
    return dict(rows.order_by().values_list("key").annotate(first=Min("number")))


def here_already(run: Import, keys: Collection[str]) -> Here:
    """Return what is here of these keys; open is what came by an import and nobody has touched since.

    Queries: at most 8.
    """
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return Here()
    found = _LOOKS[run.noun](run, wanted)
    is_open = [twin.pk for twin in found.twins.values() if twin.is_open]
    ways = audit.last_ways(MODELS[run.noun]._meta.label_lower, is_open)
    twins = {key: Twin(one.pk, came_by_import(ways.get(one.pk, ""))) for key, one in found.twins.items() if one.is_open}
    return replace(found, twins={**found.twins, **twins})


def came_by_import(way: str) -> bool:
    """Say whether the last act about a thing was that of an import."""
    return way.startswith("import:")


def _programmes(run: Import, keys: Sequence[str]) -> Here:
    programmes = Programme.objects.filter(country=run.country).values_list("pk", "name", "state")
    named = {fold(name)[:LONGEST_KEY]: Twin(pk, state == ProgrammeState.DRAFT) for pk, name, state in programmes}
    return Here({key: named[key] for key in keys if key in named})


def _people(run: Import, addresses: Sequence[str]) -> Here:
    """Look for people as far as the coordinator sees them: that an address has an account is not told otherwise."""
    country = str(run.country)
    profiles = visible_profiles(run.brought_by).filter(origins__country=country).annotate(address=Lower("user__email"))
    known = profiles.filter(address__in=addresses).values_list("pk", "address")
    listed = ListedPerson.objects.filter(country=country, organisation__isnull=True, state=ListedState.WAITING)
    of_lists = listed.annotate(address=Lower("email")).filter(address__in=addresses).values_list("pk", "address")
    twins = {address: Twin(pk, True) for pk, address in of_lists} | {one: Twin(pk, False) for pk, one in known}
    names = {(fold(name), str(place)) for name, place in profiles.values_list("user__full_name", "residence")}
    return Here(twins, refused_addresses(addresses), names)


def refused_addresses(addresses: Iterable[str]) -> set[str]:
    """Return the addresses whose people want no list to name them. Queries: 1."""
    marks = {address_mark(address): address for address in addresses}
    found = ListRefusal.objects.filter(mark__in=sorted(marks)).values_list("mark", flat=True)
    return {marks[mark] for mark in found}


def _organisations(run: Import, keys: Sequence[str]) -> Here:
    taken = set(Membership.objects.filter(organisation__country=run.country).values_list("organisation", flat=True))
    here = Organisation.objects.filter(country=run.country).values_list("pk", "name", "state")
    twins = {
        fold(name)[:LONGEST_KEY]: Twin(pk, state == OrganisationState.APPLIED and pk not in taken)
        for pk, name, state in here
    }
    return Here({key: twins[key] for key in keys if key in twins})


def _needs(_run: Import, keys: Sequence[str]) -> Here:
    places = {int(key.partition("|")[0]) for key in keys}
    here = Need.objects.filter(organisation__in=places).values_list("pk", "organisation", "title", "state")
    twins = {
        f"{place}|{fold(title)}"[:LONGEST_KEY]: Twin(pk, state == NeedState.DRAFT) for pk, place, title, state in here
    }
    return Here({key: twins[key] for key in keys if key in twins})


_LOOKS: dict[str, Callable[[Import, Sequence[str]], Here]] = {
    ImportNoun.EXPERTS: _people,
    ImportNoun.ORGANISATIONS: _organisations,
    ImportNoun.NEEDS: _needs,
    ImportNoun.PROGRAMMES: _programmes,
}
# What a row of each noun makes.
MODELS: dict[str, type[Model]] = {
    ImportNoun.EXPERTS: ListedPerson,
    ImportNoun.ORGANISATIONS: Organisation,
    ImportNoun.NEEDS: Need,
    ImportNoun.PROGRAMMES: Programme,
}


@dataclass(frozen=True)
class Place:
    """An institution that needs may belong to, with who speaks for it: id by folded address, owners first."""

    pk: int
    speakers: dict[str, int]


def places_of(run: Import) -> dict[str, Place]:
    """Return the institutions of the import's country by folded name, reference and registration number. Queries: 2."""
    speakers: dict[int, dict[str, int]] = {}
    for membership in _speaking(run).select_related("user"):
        of_place = speakers.setdefault(membership.organisation_id, {})
        of_place[membership.user.email.lower()] = membership.user_id
    found: dict[str, Place] = {}
    columns = ("pk", "name", "reference", "registration_number")
    for pk, *words in Organisation.objects.filter(country=run.country).values_list(*columns):
        place = Place(pk, speakers.get(pk, {}))
        found |= {fold(word): place for word in reversed(words) if word}
    return found


def _speaking(run: Import) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organisation__country=run.country,
        left_at__isnull=True,
        role__in=sorted(SPEAKING_ROLES),
        user__is_active=True,
    ).order_by("role", "joined_at", "pk")


def place_need(row: Row, columns: Sequence[str], places: Mapping[str, Place]) -> None:
    """Find the need's institution and who speaks for it there; note what is wrong. Queries: 0."""
    name = row.values.get("organisation")
    place = places.get(fold(name)) if name else None
    if not name:
        return
    if place is None:
        row.add(columns, "organisation", "no_organisation", shown=name[:80])
        return
    row.values["organisation_id"] = place.pk
    asked = row.values.get("focal_point", "").lower()
    if not place.speakers:
        row.add(columns, "organisation", "nobody_speaks", shown=name[:80])
    elif asked and asked not in place.speakers:
        row.add(columns, "focal_point", "no_speaker", is_error=False)
    speaker = place.speakers.get(asked) or next(iter(place.speakers.values()), None)
    if speaker:
        row.values["focal_point_id"] = speaker

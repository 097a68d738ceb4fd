"""The acts of coordinators as their colleagues may read them, and as the person they were about may.

An act belongs to a country by what it was about; what it was about is read by the same rules as everywhere else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from diaspora_net.accounts.models import Organisation, Remit, User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.models import AuditEntry
from engagements.models import Certificate, Engagement, Import, Need, Programme, Proposal
from engagements.payloads.trail import Act, act_in_words
from engagements.queries.talks import visible_reports
from mentors.models import ExpertProfile, RecognitionClaim, Skill
from mentors.states import PROFILE_SEEN

MOST_IN_FILE = 10_000
# What a coordinator of another country does as the second of two.
SECOND_OPINIONS = ("accounts.organisation.verified", "accounts.organisation.returned")


@dataclass(frozen=True)
class TrailFilters:
    """What to show. ``who`` is the public id of a coordinator, ``about`` a kind of thing, ``text`` part of its name."""

    who: str = ""
    about: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class _Kind:
    """One kind of thing: which of them a viewer may read acts about, where their names stand, how one is reached."""

    model: type[Model]
    scope: Callable[[User, list[str]], QuerySet[Any]]
    names: tuple[str, ...]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    related: tuple[str, ...] = ()


def _case(noun: str) -> Callable[[Any], str]:
    return lambda thing: reverse("engagements:case", args=[noun, thing.reference])


def _to(name: str) -> Callable[[Any], str]:
    return lambda _thing: reverse(name)


def _within(model: type[Model], path: str) -> Callable[[User, list[str]], QuerySet[Any]]:
    return lambda _viewer, countries: model._base_manager.filter(**{f"{path}__in": countries})


_NEED = "need__organisation__country"
_KINDS: dict[str, _Kind] = {
    kind.model._meta.label_lower: kind
    for kind in (
        _Kind(Organisation, _within(Organisation, "country"), ("name",), str, _case("organisations")),
        _Kind(Need, _within(Need, "organisation__country"), ("title",), lambda need: need.title, _case("needs")),
        _Kind(
            Proposal,
            _within(Proposal, _NEED),
            ("need__title", "expert__user__full_name"),
            lambda one: one.need.title,
            _case("work"),
            ("need",),
        ),
        _Kind(
            Engagement,
            _within(Engagement, _NEED),
            ("need__title", "expert__user__full_name"),
            lambda one: one.need.title,
            lambda one: reverse("engagements:engagement", args=[one.reference]),
            ("need",),
        ),
        _Kind(
            Certificate,
            _within(Certificate, "engagement__need__organisation__country"),
            ("engagement__need__title",),
            lambda one: one.engagement.need.title,
            lambda one: reverse("engagements:engagement", args=[one.engagement.reference]),
            ("engagement__need",),
        ),
        _Kind(
            ExpertProfile,
            _within(ExpertProfile, "origins__country"),
            ("user__full_name",),
            lambda one: str(one.user),
            _case("experts"),
            ("user",),
        ),
        _Kind(
            RecognitionClaim,
            _within(RecognitionClaim, "profile__origins__country"),
            ("profile__user__full_name",),
            lambda one: str(one.profile.user),
            _to("mentors:recognition-claims"),
            ("profile__user",),
        ),
        _Kind(Programme, _within(Programme, "country"), ("name",), str, lambda _one: ""),
        _Kind(
            Import,
            _within(Import, "country"),
            ("file_name", "source"),
            str,
            lambda one: reverse("engagements:import", args=[one.reference]),
        ),
        _Kind(
            apps.get_model("engagements", "Report"),
            lambda viewer, _countries: visible_reports(viewer),
            ("need__title",),
            lambda one: one.need.title,
            lambda one: reverse("engagements:report", args=[one.reference]),
        ),
        _Kind(User, _within(User, "remits__country"), ("full_name",), str, lambda _one: ""),
        # The vocabulary belongs to every country.
        _Kind(
            Skill,
            lambda _viewer, _all: Skill.objects.all(),
            ("name",),
            str,
            lambda _one: reverse("mentors:suggestions"),
        ),
    )
}


def kinds_of_things() -> list[tuple[str, str]]:
    """Return the kinds of things acts are about, as (value, label)."""
    return [(noun, str(kind.model._meta.verbose_name).capitalize()) for noun, kind in _KINDS.items()]


def trail(viewer: User, filters: TrailFilters) -> QuerySet[AuditEntry]:
    """Return the acts of coordinators about what belongs to the viewer's countries, latest first.

    Those of the viewer's own acts that are about something else are there, too. Nothing for who has no remit. Queries
    when built: 1, for reports one more.
    """
    countries = sorted(remit_countries(viewer))
    if not countries:
        return AuditEntry.objects.none()
    colleagues = Remit.objects.filter(country__in=countries).values("user")
    found = AuditEntry.objects.filter(Q(actor__in=colleagues) | Q(verb__in=SECOND_OPINIONS))
    nouns = [filters.about] if filters.about in _KINDS else list(_KINDS)
    about = Q()
    for noun in nouns:
        things = _KINDS[noun].scope(viewer, countries)
        if filters.text:
            named = Q()
            for name in _KINDS[noun].names:
                named |= Q(**{f"{name}__icontains": filters.text})
            things = things.filter(named)
        about |= Q(noun=noun, object_id__in=things.order_by().values(key=Cast("pk", CharField())))
    if not filters.about and not filters.text:
        about |= Q(actor=viewer)
    found = found.filter(about)
    if filters.who:
        found = found.filter(actor__public_id=filters.who)
    if filters.since:
        found = found.filter(created_at__gte=_midnight(filters.since, viewer.zone))
    if filters.until:
        found = found.filter(created_at__lt=_midnight(filters.until + timedelta(days=1), viewer.zone))
    return found.select_related("actor").order_by("-created_at", "-pk")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def acts_in_words(entries: Iterable[AuditEntry]) -> list[Act]:
    """Return entries with the names of what they were about. Queries: 1 for each kind of thing among them."""
    entries = list(entries)
    keys: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        keys[entry.noun].add(entry.object_id)
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for noun, ids in keys.items():
        if kind := _KINDS.get(noun):
            things = kind.model._base_manager.filter(pk__in=ids).select_related(*kind.related)
            named |= {(noun, str(thing.pk)): (kind.title(thing), kind.url(thing)) for thing in things}
    return [act_in_words(entry, *named.get((entry.noun, entry.object_id), ("", ""))) for entry in entries]


def acts_about(person: User) -> QuerySet[AuditEntry]:
    """Return who looked at the person's profile, and what coordinators did about them, latest first.

    Their account, their profile and its recognition; queries when built: 0.
    """
    profile = ExpertProfile.objects.filter(user=person)
    claims = RecognitionClaim.objects.filter(profile__user=person)
    mine = Q(noun=User._meta.label_lower, object_id=str(person.pk))
    for things in (profile, claims):
        keys = things.order_by().values(key=Cast("pk", CharField()))
        mine |= Q(noun=things.model._meta.label_lower, object_id__in=keys)
    told = Q(actor__in=Remit.objects.values("user")) | Q(verb=PROFILE_SEEN)
    entries = AuditEntry.objects.filter(mine & told).exclude(actor=person)
    return entries.select_related("actor").order_by("-created_at", "-pk")

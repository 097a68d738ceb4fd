"""Read messages to views: who would get one and who not, what each reads, and what came of those on their way."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Membership, User
from diaspora_net.accounts.queries.blocks import apart_from
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import SPEAKING_ROLES
from diaspora_net.core.references import first_or_404
from engagements.models import Broadcast, BroadcastReader, BroadcastRefusal, BroadcastText, Need
from engagements.payloads.placeholders import filled
from engagements.queries.pipeline import PipelineFilters, rows_of
from engagements.queries.pipeline_views import KNOWN
from engagements.states.broadcasts import MOST_READERS, LeftOut, Readership, ReaderState
from engagements.states.pipeline import PipelineOf
from mentors.queries.profiles import standing_of, visible_fields


@dataclass(frozen=True)
class Reader:
    """Somebody in a view: the person, the need by which they stand in it, their ``name`` as the coordinator may read
    it, in which ``language`` they read, and why they are left out (``LeftOut``; empty for those who get it).
    """

    user: User
    need: Need
    is_expert: bool
    name: str
    language: str
    why: str = ""


@dataclass(frozen=True)
class Audience:
    """Who would get a message now, and who not. ``is_cut`` says that the view holds more people than a message may."""

    ready: list[Reader]
    left_out: list[Reader]
    is_cut: bool

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return why people are left out, in words, with how many."""
        counts = Counter(reader.why for reader in self.left_out)
        return [(str(LeftOut(why).label), count) for why, count in counts.most_common()]

    @property
    def languages(self) -> Counter[str]:
        """Return how many of those who get it read in each language of theirs."""
        return Counter(reader.user.language for reader in self.ready)

    def one_per_language(self) -> list[Reader]:
        """Return the first reader of each text, for a look at what they get."""
        return list({reader.language: reader for reader in reversed(self.ready)}.values())[::-1]


def filters_of(broadcast: Broadcast) -> PipelineFilters:
    """Return the filters of the view when the message was written; what is no filter any more is left out."""
    return PipelineFilters(**{name: value for name, value in broadcast.filters.items() if name in KNOWN})


def audience_of(viewer: User, broadcast: Broadcast) -> Audience:
    """Return who in the view gets the message now: everybody once, in the order of the view.

    Http404 for somebody without a remit. Queries: 10 at most, and those of a skill in words.
    """
    rows, is_work = _rows(viewer, broadcast)
    found = _people(viewer, rows[:MOST_READERS], broadcast, is_work=is_work)
    people = list(found.values())
    texts = set(broadcast.texts.values_list("language", flat=True))
    why = reasons_to_leave_out(viewer, [person for person, *_rest in people], broadcast.pause_days)
    readers = [
        Reader(
            person,
            need,
            is_expert,
            name,
            person.language if person.language in texts else broadcast.fallback,
            why.get(person.pk, ""),
        )
        for person, need, is_expert, name in people
    ]
    ready = [reader for reader in readers if not reader.why]
    is_cut = len(rows) > MOST_READERS or len(ready) > MOST_READERS
    return Audience(ready[:MOST_READERS], [reader for reader in readers if reader.why], is_cut)


def _rows(viewer: User, broadcast: Broadcast) -> tuple[list[Any], bool]:
    filters = filters_of(broadcast)
    is_work = filters.of != PipelineOf.NEEDS
    rows = rows_of(viewer, remit_countries(viewer), filters)
    if is_work:
        rows = rows.select_related("need__organisation", "need__focal_point", "expert__user")
        rows = rows.prefetch_related("expert__origins")
    else:
        rows = rows.select_related("organisation", "focal_point")
    return list(rows[: MOST_READERS + 1]), is_work


def _people(
    viewer: User, rows: Sequence[Any], broadcast: Broadcast, *, is_work: bool
) -> dict[int, tuple[User, Need, bool, str]]:
    """Return the people of rows by id, each with need, side and name, once."""
    found: dict[int, tuple[User, Need, bool, str]] = {}
    needs = [row.need if is_work else row for row in rows]
    if is_work and broadcast.readership != Readership.INSTITUTIONS:
        standing = standing_of(viewer)
        for row, need in zip(rows, needs, strict=True):
            is_named = "name" in visible_fields(viewer, row.expert, standing=standing)
            name = str(row.expert.user) if is_named else _("An expert")
            found.setdefault(row.expert.user_id, (row.expert.user, need, True, name))
    if not is_work or broadcast.readership != Readership.EXPERTS:
        speakers = _speakers({need.organisation_id for need in needs})
        for need in needs:
            of_place = speakers.get(need.organisation_id, [])
            for person in [one for one in of_place if one.pk == need.focal_point_id] or of_place:
                found.setdefault(person.pk, (person, need, False, str(person)))
    found.pop(viewer.pk, None)
    return found


def _speakers(organisations: Iterable[int]) -> dict[int, list[User]]:
    rows = Membership.objects.filter(
        organisation__in=set(organisations), left_at__isnull=True, role__in=sorted(SPEAKING_ROLES)
    ).select_related("user")
    found: dict[int, list[User]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.organisation_id, []).append(row.user)
    return found


def reasons_to_leave_out(viewer: User, people: Sequence[User], pause_days: int) -> dict[int, str]:
    """Return by person's id why they get no message now; the first reason of refusal, pause, and being out of reach.

    Queries: 3.
    """
    ids = [person.pk for person in people]
    apart = apart_from(viewer)
    since = timezone.now() - timedelta(days=pause_days)
    recent = BroadcastReader.objects.filter(user__in=ids, state=ReaderState.TOLD, told_at__gt=since)
    why = {person.pk: LeftOut.UNREACHABLE.value for person in people if not person.is_active or person.pk in apart}
    why |= dict.fromkeys(recent.values_list("user", flat=True), LeftOut.RECENT.value)
    refused = BroadcastRefusal.objects.filter(user__in=ids).values_list("user", flat=True)
    return why | dict.fromkeys(refused, LeftOut.REFUSED.value)


def text_for(broadcast: Broadcast, language: str) -> BroadcastText | None:
    """Return the text somebody reads: in their language, else in the one that stands in for it. Queries: 1."""
    texts = {text.language: text for text in broadcast.texts.all()}
    return texts.get(language) or texts.get(broadcast.fallback)


@dataclass(frozen=True)
class Letter:
    """What one reader reads."""

    subject: str
    body: str
    language: str


def letter_for(text: BroadcastText, *, name: str, need: Need) -> Letter:
    """Return a text filled in for one reader."""
    values = {"name": name, "need": need.title, "institution": need.organisation.name}
    return Letter(" ".join(filled(text.subject, values).split()), filled(text.body, values), text.language)


def get_broadcast(viewer: User, reference: str) -> Broadcast:
    """Return a coordinator's own message. Raises Http404 for everybody else. Queries: 2."""
    rows = Broadcast.objects.filter(author=viewer, reference=reference).select_related("author", "view")
    found = rows.first() if remit_countries(viewer) else None
    if found is None:
        raise Http404
    return found


def own_broadcasts(viewer: User) -> list[Broadcast]:
    """Return a coordinator's messages, the newest first, at most 50. Raises Http404 without a remit. Queries: 2."""
    if not remit_countries(viewer):
        raise Http404
    rows = Broadcast.objects.filter(author=viewer).prefetch_related("texts")
    return list(rows.order_by("-written_at", "-pk")[:50])


def event_key(broadcast: Broadcast) -> str:
    """Return the key of the news of a message; with it everybody is told once."""
    return f"broadcast:{broadcast.pk}"


def get_reader(viewer: User, reference: str) -> BroadcastReader:
    """Return what a message says to the viewer. Raises Http404 for who did not get it. Queries: 1."""
    rows = BroadcastReader.objects.filter(broadcast__reference=reference, user=viewer, state=ReaderState.TOLD)
    return first_or_404(rows.select_related("broadcast__author", "need__organisation", "user"))


def wants_none(viewer: User) -> bool:
    """Say whether the viewer wants no such messages. Queries: 1."""
    return BroadcastRefusal.objects.filter(user=viewer).exists()


def due_readers() -> QuerySet[BroadcastReader]:
    """Return the readers who are to be told now, the longest due first."""
    return BroadcastReader.objects.filter(
        state=ReaderState.WAITING, due_at__lte=timezone.now(), broadcast__state="sending"
    ).order_by("due_at", "pk")


def broadcasts_to_end() -> list[Broadcast]:
    """Return the messages on their way for which nobody waits any more. Queries: 1."""
    waiting = BroadcastReader.objects.filter(state=ReaderState.WAITING).values("broadcast")
    return list(Broadcast.objects.filter(Q(state="sending"), ~Q(pk__in=waiting)).order_by("pk"))


def first_values(broadcast: Broadcast) -> Mapping[str, Any]:
    """Return what the form shows of a draft. Queries: 1."""
    values: dict[str, Any] = {
        "readership": broadcast.readership,
        "fallback": broadcast.fallback,
        "pause_days": broadcast.pause_days,
    }
    for text in broadcast.texts.all():
        values |= {f"subject_{text.language}": text.subject, f"body_{text.language}": text.body}
    return values

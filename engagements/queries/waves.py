"""Read mapping waves: for coordinators of their countries, for who answers, and for who comes back with a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone
from django_countries import countries

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import MappingAnswer, MappingWave
from engagements.queries.donor_reports import require_remit
from engagements.states.wave_questions import BANK, RESIDENCE
from engagements.states.waves import WaveState

_SALT = "engagements.waves"


@dataclass(frozen=True)
class Asking:
    """One question as a wave asks it; ``choices`` of a country are all countries."""

    code: str
    label: str
    choices: Sequence[tuple[str, str]]
    is_several: bool = False

    def kept(self, chosen: Sequence[str]) -> list[str]:
        """Return what is kept of what was chosen: known answers, one unless several may be chosen."""
        known = dict(self.choices)
        found = [code for code in dict.fromkeys(chosen) if code in known]
        return found if self.is_several else found[:1]


def questions_of(wave: MappingWave) -> list[Asking]:
    """Return what a wave asks, its own questions last, in the active language."""
    asked = [BANK[code] for code in wave.questions if code in BANK]
    found = [
        Asking(
            one.code,
            str(one.label),
            country_choices() if one.code == RESIDENCE else [(code, str(label)) for code, label in one.choices],
            one.is_several,
        )
        for one in asked
    ]
    return found + [
        Asking(one["code"], one["label"], [(str(place), words) for place, words in enumerate(one["choices"])])
        for one in wave.own_questions
    ]


def country_choices() -> list[tuple[str, str]]:
    """Return every country by name."""
    return sorted(((code, str(name)) for code, name in dict(countries).items()), key=lambda one: one[1])


def visible_waves(viewer: User) -> QuerySet[MappingWave]:
    """Return the waves of the viewer's remit, the latest first. Raises Http404 for others. Queries: 1."""
    found = MappingWave.objects.filter(country__in=sorted(require_remit(viewer)))
    return found.defer("results")


def listed_waves(viewer: User) -> list[MappingWave]:
    """Return the waves of the viewer's remit with how many answers each keeps (``kept``). Queries: 2."""
    return list(visible_waves(viewer).annotate(kept=Count("answers")))


def get_wave(viewer: User, reference: str) -> MappingWave:
    """Return a wave of the viewer's remit. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(MappingWave.objects.filter(country__in=sorted(require_remit(viewer)), reference=reference))


def wave_to_answer(reference: str) -> MappingWave:
    """Return a wave that takes answers today. Raises Http404 for one that does not, or is none. Queries: 1."""
    wave = MappingWave.objects.filter(reference=reference, state=WaveState.OPEN).first()
    if wave is None or not wave.takes_answers:
        raise Http404
    return wave


def shown_wave(reference: str) -> MappingWave:
    """Return a wave whose results are for everybody. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(MappingWave.objects.filter(reference=reference, shown_at__isnull=False))


def waves_to_compare(wave: MappingWave, *, shown_only: bool = False) -> list[MappingWave]:
    """Return the other closed waves of the country, the latest first. Queries: 1."""
    found = MappingWave.objects.filter(country=wave.country, state=WaveState.CLOSED).exclude(pk=wave.pk)
    return list(found.filter(shown_at__isnull=False) if shown_only else found)


def answer_token(answer: MappingAnswer) -> str:
    """Return what stands in the link to somebody's own answers."""
    return signing.dumps(answer.reference, salt=_SALT)


def answer_of(token: str) -> MappingAnswer | None:
    """Return whose answers a link is about; None when it was not made here, or they are gone. Queries: 0 or 1."""
    try:
        reference = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return MappingAnswer.objects.select_related("wave").filter(reference=reference).first()


def waves_over() -> QuerySet[MappingWave]:
    """Return the open waves whose last day is over."""
    return MappingWave.objects.filter(state=WaveState.OPEN, closes_on__lt=timezone.now().date()).order_by("pk")


def waves_to_erase() -> QuerySet[MappingWave]:
    """Return the closed waves whose answers are to go."""
    found = MappingWave.objects.filter(state=WaveState.CLOSED, erased_at__isnull=True)
    return found.filter(keep_until__lt=timezone.now().date()).order_by("pk")


def waves_to_tell() -> QuerySet[MappingWave]:
    """Return the waves open today of which somebody is still to be told."""
    found = MappingWave.objects.filter(state=WaveState.OPEN, asked_up_to__isnull=False)
    return found.filter(opens_on__lte=timezone.now().date()).order_by("pk")

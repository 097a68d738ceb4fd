"""Whom a private address of a shared page lets in, and what the page tells: numbers that give nobody away."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from diaspora_net.core.suppression import K_DONORS, TOTAL, Dim, suppress
from engagements.models import (
    Beneficiary,
    BeneficiaryFacts,
    Engagement,
    Member,
    Need,
    Partner,
    Programme,
    ProgrammeDocument,
    ShareLink,
)
from engagements.queries.programmes import run_by
from engagements.states import (
    COMPLETED_ENGAGEMENT_STATES,
    RUNNING_STATES,
    AgeBand,
    BeneficiaryType,
    MemberState,
    ProgrammeState,
    Sex,
    Track,
)
from messaging.states import FileState


def hash_of(token: str) -> str:
    """Return what is kept of a token; it is random enough to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def get_shared_programme(token: str) -> Programme:
    """Return the programme whose shared page a token opens. Raises Http404 when it is wrong, over or taken back, or
    the programme is a draft: all the same. Queries: 1.
    """
    links = ShareLink.objects.filter(
        token_hash=hash_of(token), revoked_at__isnull=True, expires_at__gt=timezone.now()
    ).exclude(programme__state=ProgrammeState.DRAFT)
    link = first_or_404(links.select_related("programme"))
    return link.programme


def get_shared_document(token: str, reference: str) -> ProgrammeDocument:
    """Return a shared document of that programme. Raises Http404 otherwise. Queries: 2."""
    documents = ProgrammeDocument.objects.filter(programme=get_shared_programme(token), is_shared=True)
    return first_or_404(documents.filter(reference=reference).select_related("file"))


def links_of(programme: Programme) -> list[ShareLink]:
    """Return the links of a programme, newest first. Queries: 1."""
    return list(ShareLink.objects.filter(programme=programme))


def get_link_to_run(viewer: User, reference: str) -> ShareLink:
    """Return the link when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 2."""
    links = ShareLink.objects.filter(run_by(viewer, "programme__"))
    return first_or_404(links.filter(reference=reference).select_related("programme"))


@dataclass(frozen=True)
class Table:
    """One breakdown as outsiders may read it: labels with numbers, None for those that are left out."""

    title: str
    rows: list[tuple[str, int | None]]
    total: int | None


@dataclass(frozen=True)
class SharedPage:
    """What the shared page tells."""

    partners: list[Partner]
    documents: list[ProgrammeDocument]
    numbers: list[tuple[str, int | None]]
    tables: dict[str, Table]


def shared_page(programme: Programme) -> SharedPage:
    """Return what partners and donors may read of a programme: no names of people, no number that gives one away.

    Small numbers of people are left out, and enough others that nobody works them out. Queries: 8.
    """
    members = Counter(
        "experts" if expert else "organisations"
        for expert in Member.objects.filter(programme=programme, state=MemberState.MEMBER).values_list(
            "expert", flat=True
        )
    )
    work = Counter(
        "running" if state in RUNNING_STATES else "completed"
        for state in Engagement.objects.filter(
            need__programme=programme, state__in=sorted(RUNNING_STATES | COMPLETED_ENGAGEMENT_STATES)
        ).values_list("state", flat=True)
    )
    numbers: list[tuple[str, int | None]] = [
        ("experts", _safe(members["experts"])),
        ("institutions", members["organisations"]),
        ("needs", Need.objects.filter(programme=programme).count()),
        ("running", _safe(work["running"])),
        ("completed", _safe(work["completed"])),
    ]
    documents = ProgrammeDocument.objects.filter(programme=programme, is_shared=True, file__state=FileState.READY)
    return SharedPage(
        partners=list(Partner.objects.filter(programme=programme)),
        documents=list(documents.select_related("file")),
        numbers=numbers,
        tables=_tables(programme),
    )


def _safe(number: int) -> int | None:
    """Return a count of people, or of what single people do, as it may be told on a page that is read again later."""
    return suppress({("all", TOTAL): number}, K_DONORS, [Dim("all", ("all",))], is_recurring=True)["all", TOTAL]


def _tables(programme: Programme) -> dict[str, Table]:
    tracks = Beneficiary.objects.filter(programme=programme).values_list("track", flat=True)
    facts = BeneficiaryFacts.objects.filter(beneficiary__programme=programme)
    told = list(facts.values_list("sex", "age_band", "types"))
    tables = {
        "track": _table("track", tracks, dict(Track.choices)),
        "sex": _table("sex", (sex for sex, _age, _types in told if sex), dict(Sex.choices)),
        "age_band": _table("age_band", (age for _sex, age, _types in told if age), dict(AgeBand.choices)),
    }
    # People may be of several types, so each type stands alone and nothing is added up.
    counted = Counter(one for _sex, _age, types in told for one in types)
    labels = dict(BeneficiaryType.choices)
    rows = [(str(labels[code]), _safe(counted[code])) for code in BeneficiaryType.values if counted[code]]
    return tables | {"beneficiary_type": Table("beneficiary_type", rows, None)}


def _table(name: str, values: Iterable[str], labels: dict[str, object]) -> Table:
    """Count values and leave out what is small, with the total of the same people."""
    counted = Counter(values)
    codes = tuple(labels)
    published = suppress(
        {(code, TOTAL): counted[code] for code in codes}, K_DONORS, [Dim(name, codes)], is_recurring=True
    )
    rows = [(str(labels[code]), published[code, TOTAL]) for code in codes]
    return Table(name, rows, published[TOTAL, TOTAL])

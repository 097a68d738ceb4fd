"""Read what a partnership keeps, for who runs its programme."""

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Model, QuerySet

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Beneficiary, Partner, Programme, ProgrammeDocument
from engagements.queries.programmes import run_by
from engagements.states import Track

PEOPLE_PER_PAGE = 50
M = TypeVar("M", bound=Model)


def _to_run(viewer: User, rows: QuerySet[M], reference: str) -> M:
    found = rows.filter(run_by(viewer, "programme__"), reference=reference)
    return first_or_404(found.select_related("programme"))


def get_partner_to_run(viewer: User, reference: str) -> Partner:
    """Return the partner when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 2."""
    return _to_run(viewer, Partner.objects.all(), reference)


def get_document_to_run(viewer: User, reference: str) -> ProgrammeDocument:
    """Return the document, with its file, when ``viewer`` runs its programme. Raises Http404 otherwise. Queries: 3."""
    return _to_run(viewer, ProgrammeDocument.objects.all(), reference)


def get_beneficiary_to_run(viewer: User, reference: str) -> Beneficiary:
    """Return the beneficiary when ``viewer`` runs the programme. Raises Http404 otherwise. Queries: 2."""
    return _to_run(viewer, Beneficiary.objects.all(), reference)


def partners_of(programme: Programme) -> list[Partner]:
    """Return the partners by side and part. Queries: 1."""
    return list(Partner.objects.filter(programme=programme))


def documents_of(programme: Programme) -> list[ProgrammeDocument]:
    """Return the documents, newest first, with their files. Queries: 1."""
    return list(ProgrammeDocument.objects.filter(programme=programme).select_related("file"))


def codes_of(programme: Programme) -> list[str]:
    """Return the countries of a programme (ISO 3166-1 alpha-2). Queries: 1."""
    return [row.country.code for row in programme.countries.all()]


def beneficiaries_page(programme: Programme, number: str | None) -> Page[Beneficiary]:
    """Return a page of the people who are trained, by name. Queries: 2."""
    return Paginator(Beneficiary.objects.filter(programme=programme), PEOPLE_PER_PAGE).get_page(number)


def tracks_of(programme: Programme) -> list[tuple[str, int]]:
    """Return how many people are on each track, in words. Queries: 1."""
    rows = Beneficiary.objects.filter(programme=programme).order_by().values_list("track").annotate(Count("pk"))
    counted = dict(rows)
    return [(str(label), counted.get(track, 0)) for track, label in Track.choices]

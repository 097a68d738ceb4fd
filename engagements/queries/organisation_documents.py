"""Read the documents of organisations; ``visible_documents`` is the one place that says who may have which."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from diaspora_net.accounts.models import Membership, Organisation, User
from diaspora_net.accounts.queries.organisations import open_request
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.queries.verification import waits_abroad
from diaspora_net.accounts.states import DocumentKind
from diaspora_net.core.references import first_or_404
from engagements.models import OrganisationDocument
from messaging.payloads import FileLine, file_lines
from messaging.states import FileState


def visible_documents(viewer: User) -> QuerySet[OrganisationDocument]:
    """Return the documents of the viewer's own organisations, those of their remit's countries, and those of an
    organisation that waits for their second opinion, as long as it does.
    """
    if not viewer.is_active:
        return OrganisationDocument.objects.none()
    own = Membership.objects.filter(user=viewer, left_at__isnull=True).values("organisation")
    condition = Q(organisation__in=own)
    if countries := remit_countries(viewer):
        abroad = Organisation.objects.filter(waits_abroad(viewer), pk=OuterRef("organisation"))
        condition |= Q(organisation__country__in=sorted(countries)) | Q(Exists(abroad))
    return OrganisationDocument.objects.filter(condition)


def get_document(viewer: User, reference: str) -> OrganisationDocument:
    """Return the document when ``viewer`` may have it, whatever its file's state; else Http404. Queries: 2."""
    return first_or_404(visible_documents(viewer).filter(reference=reference).select_related("file", "organisation"))


@dataclass(frozen=True)
class DocumentLine:
    """One document as its page shows it."""

    document: OrganisationDocument
    line: FileLine
    can_remove: bool


def document_lines(viewer: User, organisation: Organisation) -> list[DocumentLine]:
    """Return the documents of an organisation that the viewer has opened the page of, newest first. Queries: 1."""
    found = OrganisationDocument.objects.filter(organisation=organisation).select_related("file", "added_by")
    documents = list(found)
    lines = file_lines([document.file for document in documents])
    return [
        DocumentLine(document, line, document.added_by_id == viewer.pk)
        for document, line in zip(documents, lines, strict=True)
    ]


def still_asked(organisation: Organisation, lines: Sequence[DocumentLine]) -> list[str]:
    """Return the kinds of documents that were asked for and are not there yet, in words. Queries: at most 1.

    One that was not accepted counts as not given.
    """
    request = open_request(organisation)
    if request is None:
        return []
    given = {
        one.document.kind
        for one in lines
        if one.document.added_at >= request.decided_at and one.document.file.state != FileState.REJECTED
    }
    return [str(DocumentKind(kind).label) for kind in request.asked if kind not in given]

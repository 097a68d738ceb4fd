"""Add documents to an organisation's due diligence, remove them, and note who opened them.

Each act locks the organisation before the person, as ARCHITECTURE says, and checks who acts.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.actions.due_diligence import may_check
from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.verification import open_verification
from diaspora_net.accounts.rules import can_speak_for, is_member
from diaspora_net.accounts.states import DocumentKind
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.models import OrganisationDocument
from messaging.actions.files import Arrival
from messaging.actions.kept_files import drop_file, keep_file

MOST_DOCUMENTS = 40


@transaction.atomic
def add_document(*, actor: User, organisation: Organisation, kind: str, arrival: Arrival) -> OrganisationDocument:
    """Add a document; nobody can open it before its file is checked. The same file is not added twice.

    Raises NotAllowed unless ``actor`` speaks for the organisation or checks it, Conflict at forty documents or above
    the quota, Invalid for a kind or a file that is not taken. Effects: file, row, audit entry.
    """
    is_own = can_speak_for(actor, organisation)
    if not is_own and not may_check(actor, organisation):
        raise NotAllowed(_("Only the organisation and who checks it add documents."))
    if kind not in DocumentKind.values:
        raise Invalid(_("Say what it shows."), fields={"kind": _("Say what it shows.")})
    lock(organisation)
    present = OrganisationDocument.objects.filter(organisation=organisation)
    if present.count() >= MOST_DOCUMENTS:
        raise Conflict(_("There are %(most)s documents. Remove some first.") % {"most": MOST_DOCUMENTS})
    file = keep_file(actor=actor, conversation=None, arrival=arrival)
    twin = present.filter(file__sha256=file.sha256, file__name=file.name, kind=kind).first()
    if twin is not None:
        drop_file(file=file)
        return twin
    document = OrganisationDocument.objects.create(
        organisation=organisation, file=file, kind=kind, added_by=actor, is_found=not is_own
    )
    audit.record(
        actor=actor,
        verb="engagements.document.added",
        obj=organisation,
        document=document.pk,
        kind=kind,
        file=str(file.pk),
    )
    return document


@transaction.atomic
def remove_document(*, actor: User, document: OrganisationDocument) -> None:
    """Remove a document that one added; nothing of its content is kept.

    Raises NotAllowed for others, Conflict once it is evidence: while a recommendation waits, and when it was there at
    the last verification. Effects: row and content gone, audit entry.
    """
    if document.added_by_id != actor.pk:
        raise NotAllowed(_("Who added a document removes it."))
    organisation = lock(document.organisation)
    present = OrganisationDocument.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if present is None:
        return
    was_seen = organisation.verified_at is not None and present.added_at <= organisation.verified_at
    if was_seen or open_verification(organisation) is not None:
        raise Conflict(_("A decision rests on this document, so it stays."))
    audit.record(
        actor=actor, verb="engagements.document.removed", obj=organisation, document=present.pk, kind=present.kind
    )
    file = present.file
    present.delete()
    drop_file(file=file)


@transaction.atomic
def note_opening(*, actor: User, document: OrganisationDocument) -> None:
    """Note that somebody who does not belong to the organisation took a document. Effects: audit entry."""
    if not is_member(actor, document.organisation):
        audit.record(actor=actor, verb="engagements.document.opened", obj=document.organisation, document=document.pk)

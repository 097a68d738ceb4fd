"""What a partnership keeps: its partners, its documents, and whom it trains."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_countries import countries

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.programmes import require_runner
from engagements.models import Beneficiary, BeneficiaryFacts, Partner, Programme, ProgrammeDocument
from engagements.states import AgeBand, BeneficiaryType, CountrySide, PartnerRole, ProgrammeState, Sex, Track
from messaging.actions.conversations import open_conversation
from messaging.actions.files import Arrival
from messaging.actions.kept_files import drop_file, keep_file
from messaging.states import ConversationState

MOST_PARTNERS, MOST_DOCUMENTS, MOST_BENEFICIARIES = 60, 60, 2000


@dataclass(frozen=True)
class Facts:
    """What somebody chose to say for the statistics; everything may be empty."""

    types: Collection[str] = ()
    sex: str = ""
    age_band: str = ""
    region: str = ""


@transaction.atomic
def add_partner(*, actor: User, programme: Programme, name: str, role: str, side: str, country: str) -> Partner:
    """Add a partner with its part and side.

    Raises NotAllowed outside the remit, Conflict when closed or full, Invalid for values. Effects: row, audit entry.
    """
    _require_open(actor, programme)
    cleaned = _clean(name, 160, "name")
    if role not in PartnerRole.values or side not in CountrySide.values or country not in countries.countries:
        raise Invalid(_("Choose part, side and country."), fields={"role": _("Choose part, side and country.")})
    if programme.partners.count() >= MOST_PARTNERS:
        raise Conflict(_("A programme has at most %(most)d partners.") % {"most": MOST_PARTNERS})
    try:
        with transaction.atomic():
            partner = Partner.objects.create(programme=programme, name=cleaned, role=role, side=side, country=country)
    except IntegrityError:
        problem = _("This partner is in the list already.")
        raise Invalid(problem, fields={"name": problem}) from None
    audit.record(
        actor=actor, verb="engagements.partner.added", obj=partner, programme=programme.pk, role=role, side=side
    )
    return partner


@transaction.atomic
def remove_partner(*, actor: User, partner: Partner) -> None:
    """Take a partner out; safe to repeat. Raises NotAllowed outside the remit. Effects: row gone, audit entry."""
    require_runner(actor, partner.programme)
    gone, _by_model = Partner.objects.filter(pk=partner.pk).delete()
    if gone:
        audit.record(actor=actor, verb="engagements.partner.removed", obj=partner, before=partner.role, after=None)


@transaction.atomic
def add_document(*, actor: User, programme: Programme, arrival: Arrival, is_shared: bool) -> ProgrammeDocument:
    """Add a document; nobody can open it before it is checked.

    Raises NotAllowed outside the remit, Conflict when closed, full or above the quota, Invalid for a kind or a size
    that is not taken. Effects: file, row, audit entry; after commit the check.
    """
    require_runner(actor, programme)
    lock(actor)
    present = _require_open(actor, programme)
    if present.documents.count() >= MOST_DOCUMENTS:
        raise Conflict(_("A programme has at most %(most)d documents.") % {"most": MOST_DOCUMENTS})
    conversation = present.conversation
    if conversation is None:
        conversation = open_conversation(participants=[], topic="", state=ConversationState.PROPOSED)
        Programme.objects.filter(pk=programme.pk).update(conversation=conversation)
    file = keep_file(actor=actor, conversation=conversation, arrival=arrival)
    document, is_new = ProgrammeDocument.objects.get_or_create(
        file=file, defaults={"programme": programme, "added_by": actor, "is_shared": is_shared}
    )
    if is_new:
        audit.record(
            actor=actor, verb="engagements.document.added", obj=document, file=str(file.pk), is_shared=is_shared
        )
    return document


@transaction.atomic
def share_document(*, actor: User, document: ProgrammeDocument, is_shared: bool) -> ProgrammeDocument:
    """Show a document on the shared page, or no longer. Raises NotAllowed outside the remit. Effects: row, audit."""
    require_runner(actor, document.programme)
    before = lock(document).is_shared
    if before != is_shared:
        ProgrammeDocument.objects.filter(pk=document.pk).update(is_shared=is_shared)
        audit.record(actor=actor, verb="engagements.document.shared", obj=document, before=before, after=is_shared)
    document.refresh_from_db()
    return document


@transaction.atomic
def remove_document(*, actor: User, document: ProgrammeDocument) -> None:
    """Remove a document with its content; safe to repeat. Raises NotAllowed outside the remit.

    Effects: row and content gone, audit entry.
    """
    require_runner(actor, document.programme)
    present = ProgrammeDocument.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if present is None:
        return
    audit.record(actor=actor, verb="engagements.document.removed", obj=present, file=str(present.file_id))
    file = present.file
    present.delete()
    drop_file(file=file)


@transaction.atomic
def add_beneficiary(*, actor: User, programme: Programme, name: str, track: str, facts: Facts) -> Beneficiary:
    """Note somebody who is trained, with what they chose to say for the statistics, kept apart from the rest.

    Raises NotAllowed outside the remit, Conflict when closed or full, Invalid for values. Effects: rows, audit entry.
    """
    _require_open(actor, programme)
    cleaned = _clean(name, 120, "name")
    _check_facts(track, facts)
    if programme.beneficiaries.count() >= MOST_BENEFICIARIES:
        raise Conflict(_("A programme holds at most %(most)d people.") % {"most": MOST_BENEFICIARIES})
    try:
        with transaction.atomic():
            found = Beneficiary.objects.create(programme=programme, name=cleaned, track=track, added_by=actor)
    except IntegrityError:
        problem = _("This person is in the list already.")
        raise Invalid(problem, fields={"name": problem}) from None
    region = " ".join(facts.region.split())[:60]
    BeneficiaryFacts.objects.create(
        beneficiary=found, types=sorted(facts.types), sex=facts.sex, age_band=facts.age_band, region=region
    )
    audit.record(actor=actor, verb="engagements.beneficiary.added", obj=found, programme=programme.pk, after=track)
    return found


@transaction.atomic
def change_track(*, actor: User, beneficiary: Beneficiary, track: str) -> Beneficiary:
    """Say where somebody goes on. Raises NotAllowed outside the remit, Invalid. Effects: row, audit entry."""
    require_runner(actor, beneficiary.programme)
    _check_facts(track, Facts())
    before = lock(beneficiary).track
    if before != track:
        Beneficiary.objects.filter(pk=beneficiary.pk).update(track=track)
        audit.record(actor=actor, verb="engagements.beneficiary.moved", obj=beneficiary, before=before, after=track)
    beneficiary.refresh_from_db()
    return beneficiary


@transaction.atomic
def remove_beneficiary(*, actor: User, beneficiary: Beneficiary) -> None:
    """Forget somebody, with all they said; safe to repeat. Raises NotAllowed outside the remit.

    Effects: rows gone, audit entry.
    """
    require_runner(actor, beneficiary.programme)
    gone, _by_model = Beneficiary.objects.filter(pk=beneficiary.pk).delete()
    if gone:
        audit.record(actor=actor, verb="engagements.beneficiary.removed", obj=beneficiary)


def _require_open(actor: User, programme: Programme) -> Programme:
    require_runner(actor, programme)
    present = lock(programme)
    if present.state == ProgrammeState.CLOSED:
        raise Conflict(_("This programme is closed, so it stays as it is."))
    return present


def _clean(text: str, most: int, field: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > most:
        problem = _("Write up to %(limit)s characters.") % {"limit": most}
        raise Invalid(problem, fields={field: problem})
    return cleaned


def _check_facts(track: str, facts: Facts) -> None:
    is_known = (
        track in Track.values
        and set(facts.types) <= set(BeneficiaryType.values)
        and facts.sex in {"", *Sex.values}
        and facts.age_band in {"", *AgeBand.values}
    )
    if not is_known:
        raise Invalid(_("Choose from the lists."), fields={"track": _("Choose from the lists.")})

"""Change organisations and their team; ``actions.verification`` decides about their standing."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts import rules
from diaspora_net.accounts.models import Membership, Organisation, User
from diaspora_net.accounts.queries.look_alikes import look_alikes_of
from diaspora_net.accounts.queries.people import coordinators_of, person_by_email
from diaspora_net.accounts.states import ORGANISATION_TRANSITIONS, RENEWING_STATES, MemberRole, OrganisationState
from diaspora_net.core import audit, standing
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.news import tell
from diaspora_net.core.transitions import advance, lock

EDITABLE_FIELDS = frozenset({"name", "city", "time_zone", "website", "registration_number", "about"})


@transaction.atomic
def apply_organisation(*, actor: User, position: str = "", **values: Any) -> Organisation:
    """Register an organisation with ``actor`` as its owner, waiting for verification.

    ``values`` are fields of Organisation (name, kind, country, city, time_zone, website, registration_number, about,
    is_government). Raises Invalid for values the model refuses. Effects: organisation, membership, audit entry with
    whom it looks like, news to the country's coordinators.
    """
    organisation = Organisation(**_with_plain_host(values))
    organisation.full_clean()
    organisation.save()
    Membership.objects.create(organisation=organisation, user=actor, role=MemberRole.OWNER, position=position)
    organisation.refresh_from_db()
    twins = look_alikes_of(organisation)
    audit.record(
        actor=actor,
        verb="accounts.organisation.applied",
        obj=organisation,
        country=organisation.country.code,
        look_alikes=[twin.organisation.pk for twin in twins],
    )
    _tell_coordinators(organisation, has_twins=bool(twins))
    return organisation


@transaction.atomic
def list_organisations(*, actor: User, country: str, rows: Sequence[Mapping[str, Any]]) -> list[Organisation]:
    """Register organisations of one country that a coordinator knows from a list: nobody's yet, and to be verified.

    ``rows`` hold fields of Organisation. Raises NotAllowed outside the remit, Invalid for values the model refuses.
    Effects: organisations, an audit entry each; nobody is told. Queries: 3, and 2 for each thousand.
    """
    if not rules.coordinates(actor, country):
        raise NotAllowed(_("Only coordinators of the country register its organisations from a list."))
    organisations = [Organisation(**row, country=country) for row in rows]
    for organisation in organisations:
        try:
            organisation.clean_fields()
        except ValidationError as error:
            fields = {name: " ".join(problems) for name, problems in error.message_dict.items()}
            raise Invalid(next(iter(fields.values())), fields=fields) from None
    Organisation.objects.bulk_create(organisations, batch_size=1000)
    audit.record_many(
        actor=actor, verb="accounts.organisation.listed", things=((one, {"country": country}) for one in organisations)
    )
    return organisations


@transaction.atomic
def claim_organisation(*, actor: User, organisation: Organisation) -> Membership:
    """Let somebody whom a coordinator's list names as its contact own an organisation that nobody speaks for.

    Raises Conflict when somebody owns it already. Effects: membership, audit entry, news to the country's coordinators,
    who verify it as every other.
    """
    organisation = lock(organisation)
    if Membership.objects.filter(organisation=organisation, left_at__isnull=True).exists():
        raise Conflict(_("Somebody speaks for this organisation already. Ask them to add you to the team."))
    membership = Membership.objects.create(organisation=organisation, user=actor, role=MemberRole.OWNER)
    audit.record(actor=actor, verb="accounts.organisation.claimed", obj=organisation, user=actor.pk)
    if organisation.state == OrganisationState.APPLIED:
        _tell_coordinators(organisation)
    return membership


@transaction.atomic
def change_organisation(*, actor: User, organisation: Organisation, **values: Any) -> Organisation:
    """Change what the organisation says of itself; a new name sends it back to verification.

    When a coordinator had asked for documents, saving is the answer: it waits for verification again. Raises NotAllowed
    unless ``actor`` owns it. Effects: row, state where it changed, audit entry, news to the coordinators when they have
    to look again.
    """
    if not rules.can_manage_team(actor, organisation):
        raise NotAllowed(_("Only an owner changes the organisation."))
    unknown = values.keys() - EDITABLE_FIELDS
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    organisation = lock(organisation)
    is_renamed = "name" in values and values["name"] != organisation.name
    for name, value in _with_plain_host(values).items():
        setattr(organisation, name, value)
    is_answer = organisation.state == OrganisationState.DOCUMENTS_REQUESTED
    looks_again = is_answer or (is_renamed and rules.keeps_needs(organisation))
    if looks_again:
        organisation.state = OrganisationState.APPLIED
        organisation.applied_at = timezone.now()
    organisation.full_clean()
    organisation.save()
    entry = audit.record(
        actor=actor, verb="accounts.organisation.changed", obj=organisation, fields=sorted(values), renamed=is_renamed
    )
    if looks_again:
        _tell_coordinators(organisation, entry.pk)
    return organisation


@transaction.atomic
def answer_request(*, actor: User, organisation: Organisation) -> Organisation:
    """Say that everything a coordinator asked for is there, or that everything is still right when renewal is due.

    Raises NotAllowed unless ``actor`` speaks for it, Conflict when nothing is asked. Effects: it waits for verification
    again, its state where documents were asked for, audit entry, news to the coordinators.
    """
    if not rules.can_speak_for(actor, organisation):
        raise NotAllowed(_("Only people who speak for the organisation answer for it."))
    present, now = lock(organisation), timezone.now()
    if present.state in RENEWING_STATES and present.facts_confirmed_at is None:
        Organisation.objects.filter(pk=organisation.pk).update(facts_confirmed_at=now, applied_at=now)
        organisation.refresh_from_db()
    elif present.state == OrganisationState.DOCUMENTS_REQUESTED:
        advance(organisation, OrganisationState.APPLIED, ORGANISATION_TRANSITIONS, applied_at=now)
    else:
        raise Conflict(_("Nothing is asked of you at the moment."))
    entry = audit.record(actor=actor, verb="accounts.organisation.answered", obj=organisation)
    _tell_coordinators(organisation, entry.pk)
    return organisation


@transaction.atomic
def add_member(*, actor: User, organisation: Organisation, email: str, role: str, position: str = "") -> Membership:
    """Add a person who has an account to the team. Effects: membership, audit entry, news to them.

    Raises NotAllowed unless ``actor`` is an owner; Invalid while the organisation is not verified, when nobody has that
    address, or when they are in the team already.
    """
    if not rules.can_manage_team(actor, organisation):
        raise NotAllowed(_("Only an owner changes the team."))
    if not rules.is_trusted(organisation):
        # Anybody can register an organisation; only a verified one may learn who uses an address.
        message = _("Your organisation is not verified yet. Add your colleagues once it is.")
        raise Invalid(message, fields={"email": message})
    person = person_by_email(email)
    if person is None:
        message = _("Nobody here uses this address. Ask your colleague to join first, then add them.")
        raise Invalid(message, fields={"email": message})
    try:
        with transaction.atomic():
            membership = Membership.objects.create(organisation=organisation, user=person, role=role, position=position)
    except IntegrityError:
        message = _("This person belongs to the team already.")
        raise Invalid(message, fields={"email": message}) from None
    audit.record(actor=actor, verb="accounts.member.added", obj=organisation, user=person.pk, role=role)
    tell(
        user_id=person.pk,
        verb="accounts.member.added",
        text=gettext_noop("You belong to the team of %(organisation)s now."),
        params={"organisation": organisation.name},
        url=reverse("accounts:organisation", args=[organisation.reference]),
        event_key=f"membership:{membership.pk}",
    )
    return membership


@transaction.atomic
def remove_member(*, actor: User, organisation: Organisation, membership: Membership) -> None:
    """End a membership; people may leave by themselves, owners remove others, the last owner stays.

    Nothing happens when they have left already. Effects: end date, audit entry, an end to what the team
    sees (``core.standing``). Raises NotAllowed or Invalid.
    """
    lock(organisation)
    membership.refresh_from_db()  # what it was before the lock may have been changed meanwhile
    if membership.left_at is not None:
        return
    if membership.user_id != actor.pk and not rules.can_manage_team(actor, organisation):
        raise NotAllowed(_("Only an owner changes the team."))
    owners = Membership.objects.filter(organisation=organisation, role=MemberRole.OWNER, left_at__isnull=True)
    if membership.role == MemberRole.OWNER and owners.count() == 1:
        raise Invalid(_("The last owner cannot leave. Make somebody else owner first."))
    Membership.objects.filter(pk=membership.pk).update(left_at=timezone.now())
    audit.record(actor=actor, verb="accounts.member.removed", obj=organisation, user=membership.user_id)
    standing.member_left(organisation_id=organisation.pk, user_id=membership.user_id)


@transaction.atomic
def change_member_role(*, actor: User, organisation: Organisation, membership: Membership, role: str) -> Membership:
    """Give a member another role; the last owner keeps theirs. Effects: row, audit entry."""
    lock(organisation)
    membership.refresh_from_db()
    if not rules.can_manage_team(actor, organisation):
        raise NotAllowed(_("Only an owner changes the team."))
    if membership.left_at is not None:
        raise Conflict(_("This person has left the team meanwhile."))
    others = Membership.objects.filter(organisation=organisation, role=MemberRole.OWNER, left_at__isnull=True)
    if role != MemberRole.OWNER and not others.exclude(pk=membership.pk).exists():
        raise Invalid(_("The last owner cannot leave. Make somebody else owner first."))
    Membership.objects.filter(pk=membership.pk).update(role=role)
    membership.refresh_from_db()
    audit.record(actor=actor, verb="accounts.member.changed", obj=organisation, user=membership.user_id, role=role)
    return membership


def _with_plain_host(values: dict[str, Any]) -> dict[str, Any]:
    """Return values whose website is written in the letters that people read, not in their encoded form (xn--…)."""
    address = urlsplit(str(values.get("website", "")))
    if "xn--" not in (address.hostname or ""):
        return values
    try:
        host = address.netloc.encode("ascii").decode("idna")
    except UnicodeError:
        return values
    return {**values, "website": address._replace(netloc=host).geturl()}


def _tell_coordinators(organisation: Organisation, change: int = 0, *, has_twins: bool = False) -> None:
    """Tell them to look; ``change`` is the audit entry that made them look again, 0 for the first time."""
    text = gettext_noop("%(organisation)s asks to be verified.")
    if has_twins:
        text = gettext_noop("%(organisation)s asks to be verified. It looks like another organisation.")
    for coordinator in coordinators_of(organisation.country.code):
        tell(
            user_id=coordinator.pk,
            verb="accounts.organisation.applied",
            text=text,
            params={"organisation": organisation.name},
            url=reverse("engagements:desk-organisation", args=[organisation.reference]),
            event_key=f"organisation-applied:{organisation.pk}" + (f":{change}" if change else ""),
        )

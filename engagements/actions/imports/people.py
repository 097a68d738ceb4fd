"""People whom a list named: what they answer by the link in their mail, and what is forgotten when they do not."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.actions.organisations import claim_organisation
from diaspora_net.accounts.actions.people import welcome_person
from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import person_by_email
from diaspora_net.accounts.states import JoinRole
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.imports.organisations import zone_of
from engagements.models import ImportFile, ImportRow, ListedPerson, ListRefusal
from engagements.payloads.listed import address_mark
from engagements.states.imports import ListedState
from mentors.actions import profiles
from mentors.actions.profiles import SkillEntry
from mentors.models import ExpertProfile
from mentors.queries.profiles import missing_for_publishing
from mentors.queries.skills import accepted_skills, current_skills
from mentors.states import Audience, SkillLevel


@transaction.atomic
def confirm_listed(*, person: ListedPerson, told: Mapping[str, str] | None = None) -> tuple[User, bool]:
    """Let somebody whom a list named take part: an account without a password, and what the list said of them.

    ``told`` adds what the list left out. An expert's profile is published when it is complete; a contact person owns
    the institution, unless somebody does already. Who has an account keeps it as it is. Return the account, and whether
    it was there before. Raises Conflict when it was answered or has ended, Invalid. Effects: account, profile or
    membership with their audit entries, the list's details deleted.
    """
    present = _open(person)
    details = {**present.details, **{name: value for name, value in (told or {}).items() if value}}
    with audit.through("link"):
        user, is_known = _account(present, details), False
        if user is None:
            user, is_known = _known(present), True
        if present.organisation is not None:
            claim_organisation(actor=user, organisation=present.organisation)
        elif not is_known:
            _write_profile(user, details)
        now = timezone.now()
        ListedPerson.objects.filter(pk=present.pk).update(
            state=ListedState.CONFIRMED, confirmed_at=now, details={}, email="", mail_at=None, user=user
        )
        audit.record(actor=user, verb="engagements.listed_person.confirmed", obj=present)
    _forget_rows(present)
    return user, is_known


def _open(person: ListedPerson) -> ListedPerson:
    """Lock the row of somebody who may still answer."""
    present = ListedPerson.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if present is None or present.state != ListedState.WAITING or present.expires_at <= timezone.now():
        raise Conflict(_("This was answered meanwhile, or has ended."))
    return present


def _account(person: ListedPerson, details: Mapping[str, Any]) -> User | None:
    """Make the account; None when the address has one."""
    if not str(details.get("full_name", "")).strip():
        problem = _("Write your name.")
        raise Invalid(problem, fields={"full_name": problem})
    return welcome_person(
        email=person.email,
        full_name=details["full_name"],
        language=person.language,
        time_zone=zone_of(str(details.get("residence") or person.country)),
        join_role=JoinRole.ORGANISATION if person.organisation_id else JoinRole.EXPERT,
    )


def _known(person: ListedPerson) -> User:
    user = person_by_email(person.email)
    if user is None:  # suspended: whoever shut them out has the word
        raise Conflict(_("This address cannot be used here. Write to the coordinators to ask why."))
    return user


def _write_profile(user: User, details: Mapping[str, Any]) -> None:
    """Write the profile by the ordinary steps, as far as the list goes, and publish it when nothing is missing."""
    profile = profiles.start_profile(actor=user)
    profile = profiles.save_identity(
        actor=user,
        profile=profile,
        full_name=user.full_name,
        headline=details.get("headline", ""),
        residence=details.get("residence", ""),
        city=details.get("city", ""),
        origins=details["origins"],
        about=details.get("about", ""),
    )
    today = current_skills(details.get("skills", ()))
    if skills := accepted_skills(dict.fromkeys(today[pk] for pk in details.get("skills", ()) if pk in today)):
        entries = [SkillEntry(skill, SkillLevel.DOES) for skill in skills]
        profile = profiles.save_skills(actor=user, profile=profile, skills=entries)
    if languages := details.get("languages"):
        levels = [(str(code), int(level)) for code, level in languages]
        profile = profiles.save_languages(actor=user, profile=profile, languages=levels)
    profile = _save_giving(user, profile, details)
    if not missing_for_publishing(profile):
        profiles.publish_profile(actor=user, profile=profile)


def _save_giving(user: User, profile: ExpertProfile, details: Mapping[str, Any]) -> ExpertProfile:
    return profiles.save_giving(
        actor=user,
        profile=profile,
        hours_per_month=details.get("hours_per_month", profile.hours_per_month),
        modalities=details.get("modalities") or profile.modalities,
        kinds=profile.kinds,
        capacity=profile.capacity,
        audience=Audience.ORGANISATIONS,
        time_zone=user.time_zone,
        availability=(),
    )


@transaction.atomic
def delete_listed(*, person: ListedPerson) -> None:
    """Delete everything that a list said of somebody, here and in the file, and let no list name them again.

    Nothing happens when it is gone. Raises Conflict once they have confirmed: their account is theirs to close.
    Effects: rows deleted, the mark of their address kept, audit entry.
    """
    present = ListedPerson.objects.select_for_update().filter(pk=person.pk).first()
    if present is None:
        return
    if present.state != ListedState.WAITING:
        raise Conflict(_("You have an account here now. Sign in to close it."))
    ListRefusal.objects.get_or_create(mark=address_mark(present.email))
    _remove(present, "deleted")
    # The file holds what they want deleted; the rows that were read from it stay for the others.
    ImportFile.objects.filter(run=present.run_id).delete()


def _remove(person: ListedPerson, why: str) -> None:
    _forget_rows(person)
    audit.record(actor=None, verb=f"engagements.listed_person.{why}", obj=person)
    person.delete()


def _forget_rows(person: ListedPerson) -> None:
    """Empty the lines that told of the person."""
    rows = ImportRow.objects.filter(key=person.email.lower(), run__country=person.country, run__noun="experts")
    if person.organisation_id:
        rows = ImportRow.objects.filter(run=person.run_id, thing=person.organisation_id)
    rows.update(cells=[], values={}, words=[], key="", before=None)


@transaction.atomic
def forget_person(person: ListedPerson) -> bool:
    """Delete what a list said of somebody who has not answered in time; say whether it was still due."""
    present = lock_waiting(person)
    if present is None or present.expires_at > timezone.now():
        return False
    _remove(present, "expired")
    return True


def lock_waiting(person: ListedPerson) -> ListedPerson | None:
    """Lock the row of somebody who has not answered, None when they have."""
    if not ListedPerson.objects.filter(pk=person.pk).exists():
        return None
    present = lock(person)
    return present if present.state == ListedState.WAITING else None

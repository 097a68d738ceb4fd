"""Change what is known about a person, and what they may do."""

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Remit, User
from diaspora_net.accounts.models.user import validate_time_zone
from diaspora_net.accounts.states import EmailChoice
from diaspora_net.core import audit, standing
from diaspora_net.core.errors import Invalid, NotAllowed


@transaction.atomic
def update_person(
    *,
    actor: User,
    full_name: str,
    language: str,
    time_zone: str,
    news_emails: str = EmailChoice.NEUTRAL,
    message_emails: str = EmailChoice.NEUTRAL,
    quiet_from: int | None = None,
    quiet_until: int | None = None,
    shares_receipts: bool,
) -> User:
    """Change the person's own settings. Effects: row, audit entry (names of the changed fields only).

    No e-mail leaves from hour ``quiet_from`` until hour ``quiet_until``; neither is given for none at all. Raises
    Invalid for the name and the hours.
    """
    validate_time_zone(time_zone)
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        problem = _("Choose both hours, and not the same twice; or neither.")
        raise Invalid(problem, fields={"quiet_until": problem})
    if not full_name.strip():
        raise Invalid(_("Enter your name."), fields={"full_name": _("Enter your name.")})
    values = {
        "full_name": full_name.strip(),
        "language": language,
        "time_zone": time_zone,
        "news_emails": news_emails,
        "message_emails": message_emails,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "shares_receipts": shares_receipts,
    }
    changed = sorted(name for name, value in values.items() if getattr(actor, name) != value)
    for name, value in values.items():
        setattr(actor, name, value)
    if changed:
        actor.save(update_fields=changed)
        audit.record(actor=actor, verb="accounts.person.updated", obj=actor, fields=changed)
    return actor


@transaction.atomic
def welcome_person(*, email: str, full_name: str, language: str, time_zone: str, join_role: str) -> User | None:
    """Make an account for somebody who has shown by a link that the address is theirs; None when it has one already.

    They sign in by a code that is mailed to them, or set a password later. Raises Invalid for the name. Effects:
    person, confirmed address, audit entry.
    """
    try:
        with transaction.atomic():
            values = {"full_name": full_name.strip(), "language": language, "time_zone": time_zone}
            user = User.objects.create_user(email, None, **values, join_role=join_role)
    except (ValidationError, IntegrityError) as error:
        if User.objects.filter(email__iexact=email).exists():
            return None
        if isinstance(error, IntegrityError):
            raise
        fields = {name: " ".join(problems) for name, problems in error.message_dict.items()}
        raise Invalid(next(iter(fields.values())), fields=fields) from None
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record(actor=user, verb="accounts.person.joined", obj=user)
    return user


@transaction.atomic
def stop_emails(*, actor: User, kind: str) -> None:
    """Let no more e-mail of a kind reach the person; safe to repeat. Effects: row, audit entry.

    Raises KeyError unless ``kind`` is ``news`` or ``messages``.
    """
    field = {"news": "news_emails", "messages": "message_emails"}[kind]
    if User.objects.filter(pk=actor.pk).exclude(**{field: EmailChoice.OFF}).update(**{field: EmailChoice.OFF}):
        audit.record(actor=actor, verb="accounts.person.updated", obj=actor, fields=[field])


@transaction.atomic
def choose_role(*, actor: User, role: str) -> User:
    """Record what brings the person here, which chooses their first steps. Effects: row."""
    actor.join_role = role
    actor.save(update_fields=["join_role"])
    return actor


@transaction.atomic
def grant_remit(*, actor: User | None, user: User, country: str) -> Remit:
    """Make ``user`` coordinator of ``country``; asking twice changes nothing. Effects: row, audit entry.

    ``actor`` is None when the operator does it from the command line. Only an operator grants remits.
    """
    if actor is not None and not actor.is_superuser:
        raise NotAllowed(_("Only an administrator grants remits."))
    remit, is_new = Remit.objects.get_or_create(user=user, country=country, ended_at=None)
    if is_new:
        audit.record(actor=actor, verb="accounts.remit.granted", obj=user, country=country)
    return remit


@transaction.atomic
def allow_pathways(*, actor: User | None, user: User, country: str, is_allowed: bool = True) -> None:
    """Let a coordinator of ``country`` mediate labour pathways, or no longer; asking twice changes nothing.

    ``actor`` is None for the operator. Raises Invalid when the person does not coordinate the country. Effects: row,
    audit entry with before and after.
    """
    if actor is not None and not actor.is_superuser:
        raise NotAllowed(_("Only an administrator grants remits."))
    remits = Remit.objects.filter(user=user, country=country, ended_at__isnull=True)
    if not remits.exists():
        raise Invalid(_("This person does not coordinate this country."))
    if remits.exclude(mediates_pathways=is_allowed).update(mediates_pathways=is_allowed):
        audit.record(
            actor=actor,
            verb="accounts.remit.pathways",
            obj=user,
            country=country,
            before=not is_allowed,
            after=is_allowed,
        )


@transaction.atomic
def end_remit(*, actor: User | None, user: User, country: str) -> None:
    """End a person's charge over ``country`` at once.

    Effects: row, session generation, audit entry; they leave the groups in which they were as its coordinator.
    """
    if actor is not None and not actor.is_superuser:
        raise NotAllowed(_("Only an administrator ends remits."))
    ended = Remit.objects.filter(user=user, country=country, ended_at__isnull=True).update(ended_at=timezone.now())
    if ended:
        User.objects.filter(pk=user.pk).update(auth_epoch=F("auth_epoch") + 1)
        audit.record(actor=actor, verb="accounts.remit.ended", obj=user, country=country)
        standing.remit_ended(user_id=user.pk, country=country)


@transaction.atomic
def suspend_person(*, actor: User | None, user: User, reason: str) -> None:
    """Shut a person out: no sign-in, open sessions end at once. Effects: row, sessions, audit entry."""
    User.objects.filter(pk=user.pk).update(is_active=False, auth_epoch=F("auth_epoch") + 1)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    audit.record(actor=actor, verb="accounts.person.suspended", obj=user, reason=reason)

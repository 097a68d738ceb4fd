"""Block people, and take it back."""

from django.db import transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Block, User
from diaspora_net.core import audit, standing
from diaspora_net.core.errors import Conflict


def lock_people(*people: User) -> None:
    """Lock people in the order of their ids, so that two who block each other never wait in a circle. Queries: 1."""
    ids = {person.pk for person in people}
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))


@transaction.atomic
def block_person(*, actor: User, person: User) -> Block:
    """Part two people for good: neither writes to the other nor is shown to the other. Twice changes nothing.

    The other person is not told. Raises Conflict for oneself. Effects: row, audit entry, what follows for work and
    talk (``core.standing``).
    """
    if actor.pk == person.pk:
        raise Conflict(_("You cannot block yourself."))
    lock_people(actor, person)
    block, is_new = Block.objects.get_or_create(blocker_id=actor.pk, blocked_id=person.pk)
    if is_new:
        audit.record(actor=actor, verb="accounts.person.blocked", obj=person)
        standing.people_parted(blocker_id=actor.pk, blocked_id=person.pk)
    return block


@transaction.atomic
def unblock_person(*, actor: User, person: User) -> None:
    """Take one's own block back; nothing happens when there is none. Effects: row, audit entry.

    What the block has ended stays ended; conversations that nothing else closes are open again.
    """
    lock_people(actor, person)
    gone, _by_model = Block.objects.filter(blocker_id=actor.pk, blocked_id=person.pk).delete()
    if gone:
        audit.record(actor=actor, verb="accounts.person.unblocked", obj=person)

"""Let conversations rest, and lift it again. Who may is for the callers to say."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit, transitions
from diaspora_net.core.errors import Invalid
from messaging.models import Conversation, Pause
from messaging.models.pause import MAX_REASON


@transaction.atomic
def pause_conversation(*, actor: User, conversation: Conversation, reason: str) -> Pause:
    """Let nobody write in a conversation until it is lifted; one that rests already keeps its first pause.

    No line tells of it: to the people in it the conversation looks closed. Raises Invalid without a reason.
    Effects: row, the conversation's ``stopped_at``, audit entry.
    """
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        problem = _("Say why, in up to %(limit)s characters.") % {"limit": MAX_REASON}
        raise Invalid(problem, fields={"reason": problem})
    present = transitions.lock(conversation)
    pause, is_new = Pause.objects.get_or_create(
        conversation=present, lifted_at=None, defaults={"paused_by": actor, "reason": words}
    )
    if is_new:
        Conversation.objects.filter(pk=present.pk).update(stopped_at=pause.paused_at)
        audit.record(actor=actor, verb="messaging.conversation.paused", obj=present, pause=pause.pk)
    return pause


@transaction.atomic
def lift_pause(*, actor: User, conversation: Conversation) -> None:
    """Let people write again, as far as the conversation is open; nothing happens when it does not rest.

    Effects: row, the conversation's ``stopped_at``, audit entry.
    """
    present = transitions.lock(conversation)
    if Pause.objects.filter(conversation=present, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=actor):
        Conversation.objects.filter(pk=present.pk).update(stopped_at=None)
        audit.record(actor=actor, verb="messaging.conversation.pause_lifted", obj=present)

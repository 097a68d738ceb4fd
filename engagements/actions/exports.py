"""Note that somebody took rows with people's names away as a file."""

from django.db import transaction

from diaspora_net.accounts.models import User
from diaspora_net.core import audit


@transaction.atomic
def note_export(*, actor: User, of: str, count: int) -> None:
    """Write into the audit trail that ``actor`` took ``count`` rows away. Effects: audit entry about the actor."""
    audit.record(actor=actor, verb="engagements.pipeline.exported", obj=actor, of=of, count=count)

"""The text of a message: how it is stored, and how it is recognised once it stands nowhere any more."""

import uuid

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diaspora_net.core.errors import Invalid
from messaging.models import MAX_TEXT


def clean_text(text: str, *, may_be_empty: bool = False) -> str:
    """Return ``text`` as it is stored: one kind of line break, no white space around.

    Raises Invalid with code ``too_long`` above MAX_TEXT code points, ``invalid`` when empty or not storable.
    """
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(cleaned) > MAX_TEXT:
        raise Invalid(_("The message is longer than %(most)d characters.") % {"most": MAX_TEXT}, code="too_long")
    if not cleaned and not may_be_empty:
        raise Invalid(_("Write a message first."), fields={"text": _("Write a message first.")})
    if "\0" in cleaned or not _is_storable(cleaned):
        raise Invalid(_("The message holds characters that cannot be stored."))
    return cleaned


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character that UTF-16 writes in two
        return False
    return True


def sent_mark(client_id: uuid.UUID | str, text: str) -> bytes:
    """Return the keyed hash by which a message's first text is recognised."""
    return salted_hmac("messaging.sent_mark", f"{client_id}:{text}", algorithm="sha256").digest()

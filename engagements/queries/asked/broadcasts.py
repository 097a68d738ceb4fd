"""What the e-mail of a message to a view says: the message itself, and how to get none of this kind any more."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from engagements.payloads.answer_links import Asked
from engagements.queries.broadcasts import get_reader, letter_for, text_for, wants_none
from engagements.states.answers import Purpose


def asked_broadcast(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return the message that ``user`` was told of; without its words unless the mail may name names. Queries: 3."""
    try:
        reader = get_reader(user, reference)
    except Http404:
        return None
    text = text_for(reader.broadcast, reader.language)
    words = _("A coordinator wrote to you. Sign in to read it.")
    facts: tuple[tuple[str, str], ...] = ()
    if is_named and text is not None:
        letter = letter_for(text, name=str(user), need=reader.need)
        words = f"{letter.subject}\n\n{letter.body}"
        facts = ((_("From"), str(reader.broadcast.author)), (_("About"), reader.need.title))
    return Asked(
        key=f"broadcast:{reference}",
        thing=reader,
        stamp="",
        words=words,
        page=reverse("engagements:broadcast-read", args=[reference]),
        facts=facts,
        purposes=() if wants_none(user) else (Purpose.REFUSE,),
    )

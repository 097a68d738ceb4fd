"""What a foreseen need asks of its institution when the time comes: write the draft, or say that it is not needed."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from engagements.payloads.answer_links import Asked
from engagements.payloads.quarters import quarter_name
from engagements.queries.foreseen import get_foreseen
from engagements.rules.anticipation import can_draft_foreseen
from engagements.states.answers import Purpose
from engagements.states.anticipation import ForeseenState
from mentors.queries.skills import skill_labels


def asked_foreseen(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what it asks of somebody who speaks for its institution. Queries: at most 4."""
    try:
        foreseen = get_foreseen(user, reference)
    except Http404:
        return None
    if not can_draft_foreseen(user, foreseen):
        return None
    words = _("You foresaw a need. Is it time to write it?")
    if is_named:
        label = skill_labels([foreseen.skill_id], get_language() or "en")[foreseen.skill_id]
        words = _("You foresaw “%(skill)s” for %(quarter)s. Is it time to write the need?") % {
            "skill": label,
            "quarter": quarter_name(foreseen.starts_on),
        }
    is_open = foreseen.state == ForeseenState.OPEN
    return Asked(
        key=f"foreseen:{reference}",
        thing=foreseen,
        stamp=foreseen.starts_on.isoformat(),
        words=words,
        page=reverse("engagements:foreseen", args=[reference]),
        purposes=(Purpose.DRAFT, Purpose.DROP) if is_open else (),
        locks=(foreseen,),
    )

"""What an expert is asked about a skill that will be needed: whether they would help."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from engagements.payloads.answer_links import Asked
from engagements.payloads.quarters import quarter_name
from engagements.queries.gap_people import get_own_ask
from engagements.states.answers import Purpose
from engagements.states.anticipation import InterestState
from mentors.queries.skills import skill_labels


def asked_interest(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what is asked of the expert ``user``. Queries: at most 2."""
    try:
        ask = get_own_ask(user, reference)
    except Http404:
        return None
    words = _("A skill of yours will be needed in a country of your origin. Would you help?")
    facts: tuple[tuple[str, str], ...] = ()
    if is_named:
        label = skill_labels([ask.skill_id], get_language() or "en")[ask.skill_id]
        words = _("“%(skill)s” will be needed in %(country)s. Would you help?") % {
            "skill": label,
            "country": ask.country.name,
        }
        when = ((_("From"), quarter_name(ask.starts_on)),) if ask.starts_on else ()
        facts = (*when, *(((_("A coordinator writes"), ask.message),) if ask.message else ()))
    return Asked(
        key=f"interest:{reference}",
        thing=ask,
        stamp=str(ask.pk),
        words=words,
        page=reverse("engagements:interest-ask", args=[reference]),
        facts=facts,
        purposes=(Purpose.WOULD, Purpose.WOULD_NOT) if ask.state == InterestState.ASKED else (),
        locks=(ask,),
    )

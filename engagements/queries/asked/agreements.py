"""What an agreement asks: a yes to its newest version. Only mails that name names can, since one must read it first."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from engagements.payloads.agreements import facts_of
from engagements.payloads.answer_links import Asked
from engagements.queries.agreements import agreement_of
from engagements.queries.work import get_engagement
from engagements.rules.work import side_of
from engagements.states import Side
from engagements.states.answers import Purpose


def asked_agreement(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what the agreement of an engagement asks of ``user``. Queries: at most 6."""
    try:
        engagement = get_engagement(user, reference)
    except Http404:
        return None
    side = side_of(user, engagement)
    agreement = agreement_of(engagement)
    latest = agreement.latest
    if side is None or latest is None:
        return None
    others = [engagement.expert.user] if side == Side.INSTITUTION else [engagement.focal_point]
    if are_apart(user, [one for one in [*others, latest.written_by] if one.pk != user.pk]):
        return None
    is_asked = is_named and agreement.waits_for(side)
    return Asked(
        key=f"agreement:{reference}",
        thing=engagement,
        stamp=str(latest.number),
        words=_("The plan for “%(need)s” waits for your agreement.") % {"need": engagement.need.title},
        facts=tuple(facts_of(latest)) if is_named else (),
        purposes=(Purpose.AGREE,) if is_asked else (),
        page=reverse("engagements:engagement-terms", args=[reference]),
        locks=(engagement,),
        values={"seen": str(latest.number)},
    )

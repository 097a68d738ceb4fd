"""What a round about missing skills asks of who speaks for an institution."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import can_speak_for, is_trusted
from engagements.models import SkillsAnswer
from engagements.payloads.answer_links import Asked
from engagements.queries.skills_rounds import suggested_skills
from engagements.states.answers import Purpose
from engagements.states.anticipation import UNANSWERED


def asked_lacks(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what a round asks (``<round>:<institution>``). Queries: at most 5.

    Only mails that name names lead to a form that offers what the institution's own needs asked for. A draft is shown
    to who wrote it, whoever else has the mail of somebody else.
    """
    opened, _colon, organisation = reference.partition(":")
    rows = SkillsAnswer.objects.filter(round__reference=opened, organisation__reference=organisation)
    answer = rows.select_related("round", "organisation").first()
    if answer is None or not can_speak_for(user, answer.organisation):
        return None
    waits = answer.round.closed_at is None and answer.state in UNANSWERED and is_trusted(answer.organisation)
    language = get_language() or "en"
    words = _("Which skills will your institution lack in the coming year? Three minutes.")
    if is_named:
        words = _("Which skills will %(organisation)s lack in the coming year? Three minutes.") % {
            "organisation": answer.organisation.name
        }
    return Asked(
        key=f"lacks:{reference}",
        thing=answer,
        stamp=str(answer.pk),
        words=words,
        page=reverse("engagements:lacks", args=[organisation]),
        purposes=(Purpose.LACKS,) if waits else (),
        locks=(answer.round, answer),
        values={
            "language": language,
            "suggested": suggested_skills(answer.organisation, language, is_own=is_named) if waits else [],
            "draft": answer.draft if answer.draft_by_id == user.pk else {},
        },
    )

"""What is read to write a certificate: the facts that both sides confirmed, and a free place in the status lists."""

import secrets
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum

from engagements.models import Certificate, Engagement, Need, NeedSkill, Participant, Session
from engagements.reports.badge import STATUS_LIST_BITS
from engagements.states import HoursState
from mentors.queries.skills import skill_labels
from mentors.recommender.types import ReasonKind
from mentors.states import SkillKind

Facts = dict[str, Any]


def contribution_facts(engagement: Engagement) -> Facts:
    """Return what the expert's certificate says: names, dates (ISO), confirmed minutes, skills. Codes stay codes.

    Skills are the asked ones the expert had when the proposal was made. Queries: 4.
    """
    reasons = engagement.proposal.explanation.get("reasons", [])
    had = {reason["skill"] for reason in reasons if reason["kind"] == ReasonKind.SKILL_SAME}
    held = Session.objects.filter(engagement=engagement, state=HoursState.CONFIRMED)
    return {"holder": str(engagement.expert.user), **_facts(engagement, held, engagement.expert.user.language, had)}


def participation_facts(participant: Participant) -> Facts:
    """Return what a participant's certificate says of the confirmed sessions they attended. Queries: 4."""
    engagement = participant.engagement
    held = Session.objects.filter(
        engagement=engagement, state=HoursState.CONFIRMED, attendance__participant=participant
    )
    return {"holder": participant.name, "role": participant.role, **_facts(engagement, held, participant.language)}


def _facts(engagement: Engagement, held: QuerySet[Session], language: str, had: set[int] | None = None) -> Facts:
    """Return what both kinds of certificates say; ``had`` narrows the asked skills, labelled in ``language``."""
    totals = held.aggregate(minutes=Sum("minutes"), sessions=Count("pk"), first=Min("held_on"), last=Max("held_on"))
    organisation, spent = engagement.need.organisation, _minutes_by_skill(held)
    everything = spent.pop(None, 0)
    asked = NeedSkill.objects.filter(content_object=engagement.need).select_related("tag").order_by("position", "pk")
    items = list(asked)
    labels = skill_labels([item.tag_id for item in items], language)
    skills, transferable = [], []
    for item in items:
        skill = {"label": labels[item.tag_id], "uri": item.tag.esco_uri or ""}
        if item.tag.kind == SkillKind.TRANSFERABLE:
            transferable.append(skill)
        elif had is None or item.tag.pk in had:
            skills.append({**skill, "minutes": spent.get(item.tag.pk, 0) + everything})
    return {
        "organisation": organisation.name,
        "country": organisation.country.code,
        "title": engagement.need.title,
        "kind": engagement.kind,
        "modality": engagement.modality,
        "first_day": totals["first"].isoformat() if totals["first"] else "",
        "last_day": totals["last"].isoformat() if totals["last"] else "",
        "minutes": totals["minutes"] or 0,
        "sessions": totals["sessions"],
        "skills": [skill for skill in skills if skill["minutes"]],
        "transferable": transferable,
    }


def _minutes_by_skill(held: QuerySet[Session]) -> dict[int | None, int]:
    """Return the minutes of each skill that sessions name; under None those of sessions that name none."""
    return dict(held.order_by().values_list("skills").annotate(minutes=Sum("minutes")))


def asked_skills(need: Need) -> list[tuple[int, str]]:
    """Return the ids and labels of the skills a need asks for, transferable ones apart, in its order. Queries: 1."""
    items = NeedSkill.objects.filter(content_object=need).exclude(tag__kind=SkillKind.TRANSFERABLE)
    return list(items.order_by("position", "pk").values_list("tag", "tag__name"))


def free_status_index() -> int:
    """Return a random free place in the last status list that is not half full. Queries: about 2.

    Random, so that a place says nothing about when a certificate was issued, as the standard recommends.
    """
    number = (Certificate.objects.aggregate(last=Max("status_index"))["last"] or 0) // STATUS_LIST_BITS
    places = range(number * STATUS_LIST_BITS, (number + 1) * STATUS_LIST_BITS)
    taken = set(
        Certificate.objects.filter(status_index__gte=places.start, status_index__lt=places.stop).values_list(
            "status_index", flat=True
        )
    )
    if len(taken) * 2 >= STATUS_LIST_BITS:
        return places.stop + secrets.randbelow(STATUS_LIST_BITS)
    while True:
        index = places.start + secrets.randbelow(STATUS_LIST_BITS)
        if index not in taken:
            return index

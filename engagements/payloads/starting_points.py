"""Ten kinds of work that come up again and again, written out so that nobody starts from an empty page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mentors.states import EngagementKind, Modality


@dataclass(frozen=True)
class StartingPoint:
    """A template: what is done, how, for how long, what is there in the end, and how it stays."""

    key: str
    title: Promise
    kind: EngagementKind
    modality: Modality
    hours: int
    terms: Promise
    result: Promise
    stays: Promise


STARTING_POINTS = (
    StartingPoint(
        "taste-session",
        _("Talk for an hour: a first session to see whether it fits"),
        EngagementKind.ADVISORY,
        Modality.REMOTE,
        1,
        _("The institution sends its question and what it has tried two days before. The expert answers in one call."),
        _("One question is answered, and both know whether to go on."),
        _("The institution writes down the answer and shares it with the team."),
    ),
    StartingPoint(
        "train-team",
        _("Train a team"),
        EngagementKind.TRAINING,
        Modality.HYBRID,
        24,
        _(
            "The expert prepares and holds six sessions with exercises from the team's own work. The institution frees "
            "the team for them and provides room, screen and connection."
        ),
        _("The team does the task on its own, checked on real cases in the last session."),
        _("Two members of the team hold the last session and go on training newcomers with the material."),
    ),
    StartingPoint(
        "review-document",
        _("Review a document"),
        EngagementKind.ADVISORY,
        Modality.REMOTE,
        6,
        _(
            "The institution sends the document and says what it is for. The expert comments in writing and goes "
            "through the comments in one call."
        ),
        _("A reviewed document with comments, and a second reading of the corrected one."),
        _("The authors correct it themselves and keep a list of what to look for next time."),
    ),
    StartingPoint(
        "set-up-protocol",
        _("Set up a protocol"),
        EngagementKind.ADVISORY,
        Modality.HYBRID,
        20,
        _(
            "The expert looks at how the work is done today, drafts the protocol together with those who will use it, "
            "and goes through the first weeks with them."
        ),
        _("A protocol of a few pages that fits the means at hand and is in use."),
        _("A named person keeps the protocol, checks its use every month and changes it when it no longer fits."),
    ),
    StartingPoint(
        "curriculum",
        _("Write or renew a curriculum"),
        EngagementKind.JOINT_RESEARCH,
        Modality.REMOTE,
        40,
        _(
            "The expert and the teachers go through the present curriculum, agree on what learners can do in the end, "
            "and write units with material and examinations."
        ),
        _("A curriculum with units, material and examinations, ready to be submitted."),
        _("The teachers write half of the units themselves and teach the first one while the expert looks on."),
    ),
    StartingPoint(
        "mentor-junior",
        _("Mentor a junior colleague"),
        EngagementKind.MENTORING,
        Modality.REMOTE,
        18,
        _(
            "They talk for an hour every two weeks. The mentee brings a case, a plan or a question; the institution "
            "keeps the hour free."
        ),
        _("The mentee takes on a task that was out of reach before, named in the first session."),
        _("The mentee tells the team once a month what was learnt."),
    ),
    StartingPoint(
        "short-return-visit",
        _("Come for a short return visit"),
        EngagementKind.SHORT_ASSIGNMENT,
        Modality.SHORT_RETURN_VISIT,
        40,
        _(
            "Two calls before prepare the visit. The expert works beside the team for five days. Two calls after it "
            "look at what has lasted."
        ),
        _("The team has done the work five days long with the expert beside it, and goes on alone."),
        _("Every day one counterpart leads the work, and writes down what was done and why."),
    ),
    StartingPoint(
        "commission-equipment",
        _("Put equipment into service"),
        EngagementKind.SHORT_ASSIGNMENT,
        Modality.HYBRID,
        16,
        _(
            "The institution lists equipment, papers, power and room beforehand. The expert installs and tests it with "
            "the technicians and trains those who use it."
        ),
        _("The equipment works, is tested, and has a log and a maintenance plan."),
        _("Two technicians do the monthly maintenance themselves, once with the expert looking on."),
    ),
    StartingPoint(
        "research-design",
        _("Design a study"),
        EngagementKind.JOINT_RESEARCH,
        Modality.REMOTE,
        24,
        _(
            "The expert helps to sharpen the question, choose the method and sample, and write the protocol for the "
            "ethics committee. Who is author is agreed at the start."
        ),
        _("A study protocol with question, method, sample, budget and data plan, ready to be submitted."),
        _("The institution's researcher writes the protocol; the expert reviews."),
    ),
    StartingPoint(
        "data-reporting",
        _("Set up data and reporting"),
        EngagementKind.ADVISORY,
        Modality.REMOTE,
        20,
        _(
            "They choose the few figures that matter, set up how they are collected and checked, and build the first "
            "report together. No personal data leaves the institution."
        ),
        _("A monthly report from data that is collected and checked in the house."),
        _("A named person makes the second and third report alone; a page says how."),
    ),
)
BY_KEY = {point.key: point for point in STARTING_POINTS}


def need_from(key: str) -> dict[str, object]:
    """Return first values of a need's form; none for a key that is not known."""
    point = BY_KEY.get(key)
    if point is None:
        return {}
    return {
        "title": str(point.title),
        "kind": point.kind,
        "modality": point.modality,
        "hours": point.hours,
        "context": str(point.terms),
        "deliverable": str(point.result),
        "knowledge_transfer": str(point.stays),
    }


def agreement_from(key: str) -> dict[str, object]:
    """Return first values of an agreement's form; none for a key that is not known."""
    point = BY_KEY.get(key)
    if point is None:
        return {}
    return {
        "goal": str(point.result),
        "terms_of_reference": f"{point.terms}\n\n{point.stays}",
        "hours_planned": point.hours,
        "modality": point.modality,
    }

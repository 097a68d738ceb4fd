"""Ten kinds of work that come up again and again, written out so that nobody starts from an empty page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mentors.states import EngagementKind, Modality


@dataclass(frozen=True)
class StartingPoint:
    """A template: what is done, how, for how long, what is there in the end, how it stays, and the way there.

    ``milestones`` are weeks from the start, with what shall be there by then.
    """

    key: str
    title: Promise
    kind: EngagementKind
    modality: Modality
    hours: int
    terms: Promise
    result: Promise
    stays: Promise
    milestones: tuple[tuple[int, Promise], ...]


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
        (
            (0, _("Question and what was tried are sent")),
            (1, _("The call is held")),
            (2, _("The answer is shared with the team")),
        ),
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
        (
            (1, _("The team's own cases are gathered")),
            (3, _("Half of the sessions are held")),
            (6, _("The team does the task on its own")),
            (8, _("Two of the team hold a session for newcomers")),
        ),
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
        (
            (0, _("The document is sent")),
            (2, _("The comments are talked through")),
            (4, _("The corrected document is read again")),
        ),
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
        (
            (2, _("How the work is done today is written down")),
            (5, _("The draft is ready to be tried")),
            (8, _("The protocol is in use")),
            (12, _("Its use is checked for the first time")),
        ),
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
        (
            (3, _("What learners can do in the end is agreed")),
            (8, _("Half of the units are written")),
            (14, _("The curriculum is ready to be submitted")),
            (18, _("The first unit is taught")),
        ),
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
        (
            (1, _("The task to reach is named")),
            (8, _("The first half is looked back on")),
            (16, _("The task is taken on")),
            (18, _("The team has heard what was learnt")),
        ),
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
        (
            (2, _("Two calls have prepared the visit")),
            (4, _("The visit begins")),
            (5, _("A counterpart leads the work alone")),
            (10, _("Two calls have looked at what lasted")),
        ),
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
        (
            (1, _("Equipment, papers, power and room are listed")),
            (4, _("The equipment works and is tested")),
            (6, _("Those who use it are trained")),
            (10, _("Two technicians do the maintenance themselves")),
        ),
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
        (
            (2, _("The question is settled")),
            (5, _("Method and sample are chosen")),
            (9, _("The protocol is ready for the ethics committee")),
        ),
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
        (
            (2, _("The few figures that matter are chosen")),
            (6, _("The first report is built")),
            (10, _("A named person makes the second report alone")),
        ),
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


def milestones_from(key: str) -> list[tuple[int, str]]:
    """Return the milestones of a template, in weeks from the start; none for a key that is not known."""
    point = BY_KEY.get(key)
    return [(week, str(text)) for week, text in point.milestones] if point else []

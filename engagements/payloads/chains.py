"""What follows on an engagement, drafted from it: calls after a visit, a visit again, mentoring of who carries on."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from engagements.models import Engagement
from mentors.states import EngagementKind, Modality

ON_SITE = frozenset({Modality.ON_SITE, Modality.SHORT_RETURN_VISIT, Modality.HYBRID})
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class Sequel:
    """One way to go on. ``goal`` is empty where the goal stays what it was; both texts may name it: ``%(goal)s``."""

    key: str
    label: Promise
    kind: EngagementKind
    modality: Modality
    hours: int
    terms: Promise
    goal: Promise | str = ""


# Six calls of an hour carry a visit on; a week on site is forty hours; an hour every fortnight makes half a year.
FOLLOW_UP = Sequel(
    "follow-up",
    _("Remote follow-up"),
    EngagementKind.ADVISORY,
    Modality.REMOTE,
    6,
    _(
        "This follows on “%(goal)s”. In calls of an hour, those who carry the work on bring their own cases, and say "
        "what works and what does not. Together they write down what the next visit should bring."
    ),
)
VISIT = Sequel(
    "visit",
    _("Visit again"),
    EngagementKind.SHORT_ASSIGNMENT,
    Modality.SHORT_RETURN_VISIT,
    40,
    _(
        "This follows on “%(goal)s”. During a week on site the expert looks at what is in use, settles what calls "
        "could not, and trains newcomers together with those who were trained before."
    ),
)
MENTORING = Sequel(
    "mentoring",
    _("Mentoring"),
    EngagementKind.MENTORING,
    Modality.REMOTE,
    12,
    _(
        "This follows on “%(goal)s”. An hour every fortnight, the expert accompanies one or two people who carry the "
        "work on. They set goals of their own, and lead more of it themselves each month."
    ),
    _("Whoever carries on “%(goal)s” leads it without help."),
)
SEQUELS = (FOLLOW_UP, VISIT, MENTORING)


def sequel_of(engagement: Engagement, key: str = "") -> Sequel:
    """Return the way to go on of a key; the usual one for an unknown key: calls after a visit, else a visit."""
    usual = FOLLOW_UP if engagement.modality in ON_SITE else VISIT
    return next((one for one in SEQUELS if one.key == key), usual)


def next_plan(engagement: Engagement, sequel: Sequel) -> dict[str, object]:
    """Return first values of the form that plans the next engagement, in the active language."""
    names = {"goal": Truncator(engagement.goal.strip().rstrip(".")).chars(LONGEST_QUOTE)}
    return {
        "kind": sequel.kind,
        "modality": sequel.modality,
        "goal": sequel.goal % names if sequel.goal else engagement.goal,
        "terms_of_reference": sequel.terms % names,
        "hours_planned": sequel.hours,
    }

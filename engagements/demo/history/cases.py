"""One need of the history, and everything that becomes of it: a row of days, each counted back from today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from engagements.demo.history import shares
from engagements.demo.history.frames import Frame
from engagements.demo.history.sectors import Sector
from engagements.demo.shapes import Institution
from engagements.states import DeclineReason, EndReason
from mentors.states import Modality

YEAR = 365
# A need that nobody comes for is hidden after so many days, and runs out after so many more.
HIDDEN_AFTER, RUNS_OUT_AFTER = 45, 14
# A proposal without an answer ends on the tenth working day.
SILENCE_DAYS = 14
ON_SITE = frozenset({Modality.ON_SITE, Modality.SHORT_RETURN_VISIT})


@dataclass(frozen=True)
class Meeting:
    """A session: ``fate`` is a key of ``shares.HOURS``, ``people`` how many of the participants were there."""

    day: int
    minutes: int
    kind: str
    is_on_site: bool
    people: int
    fate: str


@dataclass(frozen=True)
class Case:
    """A need with its fate (a key of ``shares.FATES``). Days count back; None for what never happens.

    ``first_expert`` was asked first and said no, or nothing, on ``first_day``. ``over`` is the last day of the work.
    """

    key: str
    institution: str
    city: str
    language: str
    sector: Sector
    modality: str
    is_job: bool
    posted: int
    fate: str
    origin: str
    expert: str = ""
    first_expert: str = ""
    first_day: int | None = None
    first_reason: str = ""
    sent: int | None = None
    answered: int | None = None
    agreed: int | None = None
    started: int | None = None
    sessions: tuple[Meeting, ...] = ()
    participants: int = 0
    wrapped: int | None = None
    over: int = 0
    end_reason: str = ""
    result: str = ""
    in_use: str = ""
    later: str = ""
    later_day: int | None = None

    @property
    def number(self) -> int:
        """Return the place of the case in its programme."""
        return int(self.key.rsplit("-", 1)[1])


def make_case(
    *,
    key: str,
    frame: Frame,
    institution: Institution,
    sector: Sector,
    able: Sequence[str],
    origin: str,
    posted: int,
    fate: str,
    modality: str,
    is_soon: bool,
    hours: Iterator[str],
    chance: Random,
) -> Case:
    """Plan one need; who is ``able`` does the work, in this order. Without anybody able nobody comes."""
    is_pathway = frame.kind == "pathway"
    asks_first = fate in {"after_no", "after_silence"}
    if len(able) < 1 + asks_first:
        fate, asks_first = "nobody", False
    case = Case(
        key=key,
        institution=institution.key,
        city=institution.city,
        language=frame.language,
        sector=sector,
        modality=Modality.ON_SITE if is_pathway else modality,
        is_job=is_pathway,
        posted=posted,
        fate=fate,
        origin="nomination" if is_pathway else origin,
    )
    if fate == "nobody":
        return replace(case, over=posted - HIDDEN_AFTER - RUNS_OUT_AFTER)
    if fate == "withdrawn":
        return replace(case, over=posted - 10 - chance.randrange(20))
    sent = posted - (1 + chance.randrange(4) if is_soon else 8 + chance.randrange(9))
    case = replace(case, expert=able[0])
    if asks_first:
        reason = chance.choice((DeclineReason.NO_TIME, DeclineReason.NOT_MY_FIELD))
        case = replace(case, first_expert=able[1], first_day=sent, first_reason=reason)
        sent -= 4 if fate == "after_no" else SILENCE_DAYS + 3
    answered = sent - 1 - chance.randrange(2)
    agreed = answered - 2 - chance.randrange(4)
    case = replace(case, sent=sent, answered=answered, agreed=agreed)
    if fate == "cancelled":
        why = chance.choice((EndReason.NEED_CHANGED, EndReason.NO_TIME, EndReason.CIRCUMSTANCES))
        return replace(case, end_reason=why, over=agreed - 9)
    return _work(case, agreed, hours, chance)


def _work(case: Case, agreed: int, hours: Iterator[str], chance: Random) -> Case:
    """Add the part of a case in which people work, from the start to the answers a year later."""
    is_on_site = case.modality in ON_SITE
    started = day = agreed - 2 - chance.randrange(5)
    participants = 2 + chance.randrange(5)
    sessions: list[Meeting] = []
    for place in range(2 if case.fate == "ended_early" else 3 + chance.randrange(4)):
        day -= 1 if is_on_site and place else 5 + chance.randrange(9)
        minutes = chance.choice((240, 360, 420)) if is_on_site else chance.choice((45, 60, 90, 120))
        kind = chance.choice(("training", "mentoring", "hands_on", "problem_solving", "teamwork"))
        sessions.append(Meeting(day, minutes, kind, is_on_site, 1 + chance.randrange(participants), next(hours)))
    case = replace(case, started=started, sessions=tuple(sessions), participants=participants)
    if case.fate == "ended_early":
        why = chance.choice((EndReason.NO_TIME, EndReason.NO_CONTACT, EndReason.NOT_A_FIT))
        return replace(case, end_reason=why, over=day - 12)
    wrapped = day - 4
    over = wrapped - 5
    return replace(
        case,
        wrapped=wrapped,
        over=over,
        result=_one(shares.RESULTS, chance),
        in_use=_one(shares.IN_USE, chance),
        later=_one(shares.LATER, chance),
        later_day=over - YEAR - 2 - chance.randrange(12),
    )


def _one(of: shares.Shares[str], chance: Random) -> str:
    return chance.choices(list(of), weights=list(of.values()))[0]

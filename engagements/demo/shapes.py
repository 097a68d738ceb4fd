"""What the demo data is made of. Days count back from the day of seeding, so that the demo never ages."""

from dataclasses import dataclass

Slots = tuple[tuple[int, int, int], ...]
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def slots(span: str, *days: int) -> Slots:
    """Return weekly time as (weekday, start, end) in minutes of the day; ``span`` is written like ``18:30-21:00``."""
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return tuple((day, start, end) for day in days)


EVENINGS = slots("18:00-21:00", MON, TUE, THU)
EARLY = slots("06:00-08:30", TUE, WED, THU)
MIDDAY = slots("12:00-14:00", TUE, THU)
AFTERNOONS = slots("14:00-17:00", WED, FRI)
SATURDAY = slots("09:00-13:00", SAT)
SUNDAY = slots("15:00-19:00", SUN)

REMOTE = ("remote",)
ANY_WAY = ("remote", "hybrid", "short_return_visit")
VISITS = ("remote", "hybrid", "short_return_visit", "on_site")

ADVISE = ("mentoring", "advisory")
TEACH = ("mentoring", "advisory", "training")
BUILD = ("advisory", "training", "short_assignment")
STUDY = ("mentoring", "advisory", "training", "joint_research")
WELCOME = ("mentoring", "training", "orientation")


@dataclass(frozen=True)
class Expert:
    """One expert.

    ``skills`` are (vocabulary key, level 1-4, years), ``languages`` (code, CEFR 1-6); ``joined`` is days ago.
    """

    key: str
    name: str
    headline: str
    residence: str
    city: str
    time_zone: str
    origins: tuple[str, ...]
    skills: tuple[tuple[str, int, int], ...]
    languages: tuple[tuple[str, int], ...]
    about: str
    joined: int
    writes: str = "en"
    hours: int = 4
    capacity: int = 2
    modalities: tuple[str, ...] = REMOTE
    kinds: tuple[str, ...] = ADVISE
    times: Slots = EVENINGS + SATURDAY
    audience: str = "organisations"
    state: str = "published"

    @property
    def email(self) -> str:
        """Return the address they sign in with."""
        return f"{self.key}@demo.example"


@dataclass(frozen=True)
class Member:
    """One person of an organisation's team; the first of a team is its owner and focal point."""

    key: str
    name: str
    position: str
    role: str = "owner"
    writes: str = "en"

    @property
    def email(self) -> str:
        """Return the address they sign in with."""
        return f"{self.key}@demo.example"


@dataclass(frozen=True)
class Institution:
    """One organisation; ``applied`` and ``decided`` are days ago, ``standing`` is where it ends and ``reason`` why."""

    key: str
    name: str
    kind: str
    country: str
    city: str
    time_zone: str
    about: str
    team: tuple[Member, ...]
    applied: int
    decided: int | None
    reason: str = ""
    standing: str = "verified"
    is_government: bool = False
    registration_number: str = ""


@dataclass(frozen=True)
class Job:
    """What a need that is a job promises: pay in words, hours a week, and a ``JobContract``; it costs no fee."""

    pay: str
    hours: int
    contract: str


@dataclass(frozen=True)
class Request:
    """One need. ``skills`` are (vocabulary key, strength, level or None), ``drafted`` and ``published`` days ago.

    ``focus`` says what the work is about, in the shares that IOM gives for its projects: vocational 46 %, practical
    (cultural, practical and resilience) 27 %, several components 14 %, other 13 %. ``starts`` and ``closes`` are days
    from now. ``fate`` is what its organisation or the coordinator does with it, ``decided`` days ago, apart from what
    engagements do; ``note`` is the coordinator's word, or the result of a closed need.
    """

    key: str
    organisation: str
    writes: str
    focus: str
    title: str
    context: str
    deliverable: str
    transfer: str
    kind: str
    modality: str
    hours: int
    skills: tuple[tuple[str, str, int | None], ...]
    languages: tuple[tuple[str, int], ...]
    drafted: int
    published: int | None = None
    starts: int | None = None
    closes: int | None = 60
    places: int = 1
    is_urgent: bool = False
    fate: str = "published"
    decided: int = 0
    note: str = ""
    job: Job | None = None


@dataclass(frozen=True)
class Offer:
    """One proposal that has not led to work (yet); ``sent`` and ``answered`` are days ago, ``fate`` how it stands."""

    need: str
    expert: str
    origin: str
    message: str
    sent: float
    fate: str = "sent"
    answered: float | None = None
    reason: str = ""
    note: str = ""
    question: str = ""


@dataclass(frozen=True)
class Line:
    """One message: ``who`` is ``expert``, ``focal`` or the key of a member; ``days`` ago, at ``clock`` UTC."""

    days: int
    clock: str
    who: str
    text: str


@dataclass(frozen=True)
class Held:
    """One session: ``by`` is the side that logged it, ``fate`` what the other did: confirmed, disputed or waiting."""

    days: int
    minutes: int
    kind: str
    people: int
    summary: str
    by: str = "expert"
    fate: str = "confirmed"
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What one side says came of the work."""

    result: str
    effects: tuple[str, ...]
    text: str
    people: int = 0


@dataclass(frozen=True)
class Longer:
    """A change of a running agreement: more hours and a longer goal, proposed by the institution ``days`` ago."""

    days: int
    hours: int
    goal: str
    is_accepted: bool = False


@dataclass(frozen=True)
class Work:
    """One engagement, from the proposal on; ``state`` is how it stands, ``changed`` since when. Days count back.

    ``ends`` is the planned end in days from now. ``ended`` is the day of completion when it was followed up later.
    ``goals`` are learning goals with how far each is.
    ``agreed`` is when both sides agreed on the plan; while they are agreeing, when the expert has.
    """

    need: str
    expert: str
    origin: str
    message: str
    proposed: int
    accepted: int
    state: str
    goal: str
    hours: int
    agreed: int | None = None
    started: int | None = None
    ends: int | None = None
    changed: int = 0
    ended: int | None = None
    reason: str = ""
    lines: tuple[Line, ...] = ()
    sessions: tuple[Held, ...] = ()
    of_expert: Result | None = None
    of_institution: Result | None = None
    longer: Longer | None = None
    goals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Trainee:
    """Somebody a programme trains, with what they chose to say for the statistics."""

    name: str
    track: str
    types: tuple[str, ...]
    sex: str
    age_band: str
    region: str


@dataclass(frozen=True)
class Scheme:
    """One programme: ``begun`` is days ago, ``ends`` days from now; members and needs come in once both are there.

    ``sides`` are (country, side), ``targets`` (indicator, number), ``partners`` (name, part, side, country), ``people``
    whom it trains. Of ``experts`` those in ``waiting`` have applied and nobody has answered.
    """

    key: str
    kind: str
    country: str
    name: str
    summary: str
    sides: tuple[tuple[str, str], ...]
    begun: int
    ends: int
    component: str
    focus: str
    serves: tuple[str, ...]
    joining: str = "open"
    targets: tuple[tuple[str, int], ...] = ()
    experts: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    partners: tuple[tuple[str, str, str, str], ...] = ()
    people: tuple[Trainee, ...] = ()

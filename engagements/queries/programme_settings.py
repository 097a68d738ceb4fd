"""What a programme says now, as one value: what forms show, actions write and the audit trail compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engagements.models import Eligibility, Programme, ProgrammeCountry, ProgrammeTarget
from engagements.states import Joining, ProgrammeKind
from mentors.models import Skill
from mentors.states import LanguageLevel

OWN = (
    "name", "summary", "kind", "starts_on", "ends_on", "joining", "applies_from", "applies_until", "component",
    "skill_focus", "beneficiary_types", "survey_points", "waits",
)  # fmt: skip
RULES = ("origins", "residences", "languages", "language_level", "organisation_kinds", "verified_only")


@dataclass(frozen=True)
class TargetEntry:
    """What is to be reached by one indicator; ``dimension`` and ``value`` narrow it to a group."""

    indicator: str
    number: Decimal
    dimension: str = ""
    value: str = ""


@dataclass(frozen=True)
class ProgrammeValues:
    """Everything that makes a programme. ``sides`` maps countries (ISO 3166-1 alpha-2) to ``CountrySide``.

    ``waits`` maps names of ``states.clocks.WAIT_NAMES`` to days.
    """

    name: str
    kind: str = ProgrammeKind.MENTORING
    summary: str = ""
    sides: Mapping[str, str] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    joining: str = Joining.APPLY
    applies_from: date | None = None
    applies_until: date | None = None
    component: str = ""
    skill_focus: str = ""
    beneficiary_types: Sequence[str] = ()
    survey_points: Sequence[str] = ()
    waits: Mapping[str, int] = field(default_factory=dict)
    targets: Sequence[TargetEntry] = ()
    origins: Sequence[str] = ()
    residences: Sequence[str] = ()
    skills: Sequence[Skill] = ()
    languages: Sequence[str] = ()
    language_level: int = LanguageLevel.B2
    organisation_kinds: Sequence[str] = ()
    verified_only: bool = True


def values_of(programme: Programme) -> ProgrammeValues:
    """Return the values that a programme has now. Queries: 4."""
    rules = Eligibility.objects.filter(programme=programme).first()
    own = {name: _fixed(getattr(programme, name)) for name in OWN}
    asked = {name: _fixed(getattr(rules, name)) for name in RULES} if rules else {}
    targets = ProgrammeTarget.objects.filter(programme=programme)
    return ProgrammeValues(
        **{**own, **asked},
        sides={row.country.code: row.side for row in ProgrammeCountry.objects.filter(programme=programme)},
        targets=tuple(TargetEntry(one.indicator, one.number, one.dimension, one.value) for one in targets),
        skills=tuple(rules.skills.all()) if rules else (),
    )


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

"""Two programmes to start from, shaped like PROMISE and THAMM Plus of IOM; whoever starts one changes what differs.

PROMISE: sector skills and certification for migrants from Cambodia, Lao PDR and Myanmar with employers in Thailand
(https://thailand.iom.int/news/iom-and-sdc-renew-commitment-enhance-decent-employment-and-improve-livelihoods-migrant-workers-region).
THAMM Plus: shortages that Italy, Morocco and Tunisia name together, and training before departure
(https://italy.iom.int/en/thamm-plus-towards-holistic-approach-labour-migration-governance-and-labour-mobility-italy-and-north-africa).
Dates, targets and waiting times are starting values of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engagements.states import (
    BeneficiaryType,
    Joining,
    ProgrammeComponent,
    ProgrammeKind,
    SkillFocus,
    SurveyPoint,
)

_POINTS = (SurveyPoint.START, SurveyPoint.END, SurveyPoint.TWELVE_MONTHS)


@dataclass(frozen=True)
class ProgrammeTemplate:
    """A programme to start from: ``values`` are those of ``ProgrammeValues``, ``targets`` numbers by indicator."""

    code: str
    title: Promise
    about: Promise
    countries: Promise
    least_origins: int
    least_destinations: int
    months: int
    values: Mapping[str, Any]
    targets: tuple[tuple[str, int], ...]


TEMPLATES: dict[str, ProgrammeTemplate] = {
    template.code: template
    for template in (
        ProgrammeTemplate(
            "sector",
            _("Sector skills with certification, four countries"),
            _("People are trained for one sector, with a certificate that employers on both sides know."),
            _("Three countries of origin and one of destination."),
            3,
            1,
            24,
            {
                "kind": ProgrammeKind.PARTNERSHIP,
                "joining": Joining.APPLY,
                "component": ProgrammeComponent.RECOGNITION,
                "skill_focus": SkillFocus.VOCATIONAL,
                "beneficiary_types": (
                    BeneficiaryType.PROSPECTIVE_MIGRANT,
                    BeneficiaryType.MIGRANT_WORKER,
                    BeneficiaryType.RETURNEE,
                    BeneficiaryType.WOMEN,
                ),
                "survey_points": _POINTS,
                "waits": {"reply": 3},
            },
            (("people_reached", 200), ("recognition_steps", 100), ("engagements_completed", 40)),
        ),
        ProgrammeTemplate(
            "shortage",
            _("Joint shortage and pre-departure training, two countries"),
            _("Two countries name together what is short; people learn skills, language and rights before they go."),
            _("One country of origin and one of destination."),
            1,
            1,
            36,
            {
                "kind": ProgrammeKind.PARTNERSHIP,
                "joining": Joining.APPLY,
                "component": ProgrammeComponent.TRAINING,
                "skill_focus": SkillFocus.SEVERAL,
                "beneficiary_types": (BeneficiaryType.PROSPECTIVE_MIGRANT, BeneficiaryType.YOUTH),
                "survey_points": _POINTS,
                "waits": {"reply": 3, "check": 1},
            },
            (("people_reached", 120), ("skills_transferred", 60), ("engagements_completed", 24)),
        ),
    )
}

"""In which shares the history stands, and how a number of things is split so that they hold exactly.

Beneficiary types and what the work is about are IOM's, from its page on skills and labour mobility: 25 % displaced
people, asylum seekers and refugees, 19 % returnees, 16 % migrant workers, about 10 % local community; 46 % vocational
and employment skills, 27 % cultural, practical and resilience skills, 14 % several components. Where IOM gives a sum we
split it, and what it leaves open is ours; so are all the others, chosen to look like a programme that goes well and not
too well.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

from engagements.states import BeneficiaryType, OutcomeResult, ProgrammeComponent, ProgrammeKind, SkillFocus
from engagements.states.outcomes import StillInUse
from mentors.states import Modality

K = TypeVar("K")
Shares = Mapping[K, float]

BENEFICIARIES: Shares[str] = {
    BeneficiaryType.REFUGEE: 0.13,
    BeneficiaryType.ASYLUM_SEEKER: 0.05,
    BeneficiaryType.DISPLACED: 0.07,
    BeneficiaryType.RETURNEE: 0.19,
    BeneficiaryType.MIGRANT_WORKER: 0.16,
    BeneficiaryType.LOCAL_COMMUNITY: 0.10,
    BeneficiaryType.PROSPECTIVE_MIGRANT: 0.15,
    BeneficiaryType.HOST_STAFF: 0.08,
    BeneficiaryType.STUDENT: 0.07,
}
FOCUS: Shares[str] = {
    SkillFocus.VOCATIONAL: 0.46,
    SkillFocus.CULTURAL: 0.27,
    SkillFocus.SEVERAL: 0.14,
    SkillFocus.OTHER: 0.13,
}
COMPONENTS: Shares[str] = {
    ProgrammeComponent.TRAINING: 0.40,
    ProgrammeComponent.ORIENTATION: 0.20,
    ProgrammeComponent.MATCHING: 0.16,
    ProgrammeComponent.RECOGNITION: 0.14,
    ProgrammeComponent.POLICY: 0.10,
}
SEXES: Shares[str] = {"woman": 0.52, "man": 0.46, "other": 0.02}
AGES: Shares[str] = {"15_24": 0.34, "25_49": 0.55, "50_up": 0.11}
TRACKS: Shares[str] = {"home": 0.41, "away": 0.27, "undecided": 0.22, "returned": 0.10}
KINDS: Shares[str] = {
    ProgrammeKind.MENTORING: 0.35,
    ProgrammeKind.ROSTER: 0.27,
    ProgrammeKind.PARTNERSHIP: 0.25,
    ProgrammeKind.PATHWAY: 0.13,
}
MODALITIES: Shares[str] = {
    Modality.REMOTE: 0.58,
    Modality.HYBRID: 0.22,
    Modality.SHORT_RETURN_VISIT: 0.14,
    Modality.ON_SITE: 0.06,
}
ORIGINS: Shares[str] = {"application": 0.5, "invitation": 0.35, "nomination": 0.15}
# What becomes of a need. After a no, and after silence, somebody else is asked and does the work.
FATES: Shares[str] = {
    "completed": 0.58,
    "after_no": 0.08,
    "after_silence": 0.06,
    "ended_early": 0.06,
    "cancelled": 0.05,
    "nobody": 0.11,
    "withdrawn": 0.06,
}
# Whether somebody useful is in touch within the first days.
SOON: Shares[bool] = {True: 0.6, False: 0.4}
HOURS: Shares[str] = {"confirmed": 0.89, "corrected": 0.03, "disputed": 0.03, "silent": 0.05}
RESULTS: Shares[str] = {
    OutcomeResult.ACHIEVED: 0.64,
    OutcomeResult.PARTLY: 0.29,
    OutcomeResult.NOT_ACHIEVED: 0.07,
}
IN_USE: Shares[str] = {StillInUse.YES: 0.6, StillInUse.PARTLY: 0.25, StillInUse.NO: 0.15}
# Who answers a year later: both, the expert alone, the institution alone, nobody.
LATER: Shares[str] = {"both": 0.6, "expert": 0.15, "institution": 0.1, "nobody": 0.15}


def split(shares: Shares[K], number: int, chance: Random) -> list[K]:
    """Return ``number`` keys of ``shares`` in any order, of each as many as its share is, to the nearest whole.

    What does not come out even goes to the largest remainders, so that no count is off by one or more.
    """
    total = sum(shares.values())
    exact = {key: number * share / total for key, share in shares.items()}
    counts = {key: int(count) for key, count in exact.items()}
    for key in sorted(exact, key=lambda one: counts[one] - exact[one])[: number - sum(counts.values())]:
        counts[key] += 1
    found = [key for key, count in counts.items() for _each in range(count)]
    chance.shuffle(found)
    return found

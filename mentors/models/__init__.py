"""Skills, expert profiles and the postings that matching reads."""

from mentors.models.match_facts import MatchFacts
from mentors.models.posting import Posting
from mentors.models.profile import AvailabilitySlot, ExpertProfile, ProfileLanguage, ProfileOrigin, ProfileSkill
from mentors.models.recognition import RecognitionClaim
from mentors.models.skill import Skill, SkillBroader, SkillLabel, SkillRelation

__all__ = [
    "AvailabilitySlot",
    "ExpertProfile",
    "MatchFacts",
    "Posting",
    "ProfileLanguage",
    "ProfileOrigin",
    "ProfileSkill",
    "RecognitionClaim",
    "Skill",
    "SkillBroader",
    "SkillLabel",
    "SkillRelation",
]

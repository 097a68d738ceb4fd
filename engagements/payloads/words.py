"""The sentence of every reason, once for each side; a reason is the same fact whoever reads it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from mentors.recommender.types import PRACTISED, ReasonKind, RelationKind

SAME, NEAR, GAP, NOTE = "same", "near", "gap", "note"
SYMBOLS = {SAME: "✓", NEAR: "≈", GAP: "○", NOTE: "“"}


class Words(NamedTuple):
    """How a reason reads: its mark, and its sentence for the expert and for the institution."""

    mark: str
    expert: Promise
    institution: Promise


YEARS = Words(
    SAME,
    ngettext_lazy("%(skill)s: you listed it (%(years)s year)", "%(skill)s: you listed it (%(years)s years)", "years"),
    ngettext_lazy(
        "%(skill)s: on their profile (%(years)s year)", "%(skill)s: on their profile (%(years)s years)", "years"
    ),
)
RELATED = {
    RelationKind.BROADER: Words(
        NEAR, _("%(skill)s: your “%(via)s” is the broader field"), _("%(skill)s: their “%(via)s” is the broader field")
    ),
    RelationKind.NARROWER: Words(
        NEAR, _("%(skill)s: your “%(via)s” is a part of it"), _("%(skill)s: their “%(via)s” is a part of it")
    ),
    RelationKind.SIBLING: Words(
        NEAR, _("%(skill)s: related to your “%(via)s”"), _("%(skill)s: related to their “%(via)s”")
    ),
    RelationKind.USED_TOGETHER: Words(
        NEAR,
        _("%(skill)s: often used together with your “%(via)s”"),
        _("%(skill)s: often used together with their “%(via)s”"),
    ),
    RelationKind.OCCUPATION: Words(
        NEAR,
        _("%(skill)s: part of the same work as your “%(via)s”"),
        _("%(skill)s: part of the same work as their “%(via)s”"),
    ),
    PRACTISED: Words(
        NEAR,
        _("%(skill)s: you have done this in engagements here"),
        _("%(skill)s: they have done this in engagements here"),
    ),
}
HOURS_WHEN = Words(
    SAME,
    _("You share %(hours)s of working time a week: %(when)s, your time"),
    _("You share %(hours)s of working time a week: %(when)s, your time"),
)
NO_HOURS_GIVEN = Words(GAP, _("You have not said when you have time"), _("They have not said when they have time"))
FRESH_TODAY = Words(SAME, _("You looked over your profile today"), _("Profile looked over today"))
NOT_FRESH = Words(
    GAP,
    _("You have not looked over your profile for more than a year"),
    _("Profile not looked over for more than a year"),
)
FEW_REPLIES = Words(
    GAP,
    _("You have answered at most half of the invitations you got"),
    _("They have answered at most half of the invitations they got"),
)
MAIN_ORIGIN = Words(SAME, _("%(country)s is your country of origin"), _("%(country)s is their country of origin"))
WORDS: dict[ReasonKind, Words] = {
    ReasonKind.COORDINATOR_NOTE: Words(NOTE, _("%(note)s (%(by)s)"), _("%(note)s (%(by)s)")),
    ReasonKind.SKILL_SAME: Words(SAME, _("%(skill)s: you listed it"), _("%(skill)s: on their profile")),
    ReasonKind.SKILL_MISSING: Words(GAP, _("Not on your profile: %(skill)s"), _("Not on their profile: %(skill)s")),
    ReasonKind.LEVEL_OK: Words(
        SAME, _("%(skill)s: at the level they ask for"), _("%(skill)s: at the level you ask for")
    ),
    ReasonKind.LEVEL_BELOW: Words(
        GAP,
        _("%(skill)s: they look for “%(wanted_level)s”, your profile says “%(level)s”"),
        _("%(skill)s: you look for “%(wanted_level)s”, their profile says “%(level)s”"),
    ),
    ReasonKind.LANGUAGE_SHARED: Words(SAME, _("You share %(languages)s"), _("You share %(languages)s")),
    ReasonKind.LANGUAGE_PARTIAL: Words(
        NEAR,
        _("%(language)s: your level is %(level)s, they ask for %(wanted_level)s"),
        _("%(language)s: their level is %(level)s, you ask for %(wanted_level)s"),
    ),
    ReasonKind.LANGUAGE_MISSING: Words(
        GAP, _("Not on your profile: %(language)s"), _("Not on their profile: %(language)s")
    ),
    ReasonKind.HOURS_OVERLAP: Words(
        SAME, _("You share %(hours)s of working time a week"), _("You share %(hours)s of working time a week")
    ),
    ReasonKind.HOURS_MISSING: Words(
        GAP,
        _("Your free hours and their working hours do not meet"),
        _("Their free hours and your working hours do not meet"),
    ),
    ReasonKind.DATES_OK: Words(SAME, _("You are free in that time"), _("They are free in that time")),
    ReasonKind.DATES_PARTIAL: Words(
        NEAR, _("You are free for part of that time"), _("They are free for part of that time")
    ),
    ReasonKind.DATES_OTHER: Words(GAP, _("You are not free in that time"), _("They are not free in that time")),
    ReasonKind.FORMAT_OK: Words(SAME, _("%(modality)s, as you offer it"), _("%(modality)s, as they offer it")),
    ReasonKind.FORMAT_NEAR: Words(
        NEAR,
        _("%(modality)s is asked for, you offer: %(offered)s"),
        _("%(modality)s is asked for, they offer: %(offered)s"),
    ),
    ReasonKind.FORMAT_OTHER: Words(
        GAP, _("Not among what you offer: %(modality)s"), _("Not among what they offer: %(modality)s")
    ),
    ReasonKind.KIND_OK: Words(SAME, _("%(kind)s, as you offer it"), _("%(kind)s, as they offer it")),
    ReasonKind.KIND_OTHER: Words(
        GAP, _("Not among what you offer: %(kind)s"), _("Not among what they offer: %(kind)s")
    ),
    ReasonKind.SECTOR_EXPERIENCE: Words(
        SAME,
        ngettext_lazy("You know this sector (%(years)s year)", "You know this sector (%(years)s years)", "years"),
        ngettext_lazy("They know your sector (%(years)s year)", "They know your sector (%(years)s years)", "years"),
    ),
    ReasonKind.COUNTRY_TIE: Words(SAME, _("You have roots in %(country)s"), _("They have roots in %(country)s")),
    ReasonKind.CAPACITY: Words(
        SAME,
        _("%(free)s of your %(capacity)s places for engagements are free"),
        _("%(free)s of their %(capacity)s places for engagements are free"),
    ),
    ReasonKind.FRESHNESS: Words(
        SAME,
        ngettext_lazy(
            "You looked over your profile %(days)s day ago", "You looked over your profile %(days)s days ago", "days"
        ),
        ngettext_lazy("Profile looked over %(days)s day ago", "Profile looked over %(days)s days ago", "days"),
    ),
    ReasonKind.PAST_SUCCESS: Words(
        SAME,
        ngettext_lazy(
            "You have helped with this here before", "You have helped with this here %(count)s times", "count"
        ),
        ngettext_lazy(
            "They have helped with this here before", "They have helped with this here %(count)s times", "count"
        ),
    ),
    ReasonKind.TRACK_RECORD: Words(
        SAME,
        ngettext_lazy(
            "You have completed %(count)s engagement here", "You have completed %(count)s engagements here", "count"
        ),
        ngettext_lazy(
            "They have completed %(count)s engagement here", "They have completed %(count)s engagements here", "count"
        ),
    ),
    ReasonKind.REPLIES: Words(SAME, _("You usually answer"), _("They usually answer")),
    ReasonKind.BREADTH: Words(
        GAP,
        _("Your profile lists many other skills, so each counts a little less"),
        _("Their profile lists many other skills, so each counts a little less"),
    ),
    ReasonKind.EXPOSURE: Words(
        GAP, _("You have been asked often of late, so others come first"), _("They have been asked often of late")
    ),
    ReasonKind.DECLINED: Words(
        GAP, _("%(skill)s: you said that it is not your field"), _("%(skill)s: they said that it is not their field")
    ),
}

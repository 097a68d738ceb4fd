"""How much everything counts, in words, read from the recommender's own configuration so that it cannot differ."""

import math

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mentors.recommender.skills import breadth_left
from mentors.recommender.types import Fit
from mentors.recommender.weights import DEFAULT, WHOLE, Weights

MANY = 10
FITS = {
    Fit.STRONG: gettext_lazy("Strong fit"),
    Fit.GOOD: gettext_lazy("Good fit"),
    Fit.POSSIBLE: gettext_lazy("Possible fit"),
    Fit.STRETCH: gettext_lazy("A stretch"),
}


def shares_in_words(weights: Weights = DEFAULT) -> list[tuple[str, str]]:
    """Return (what counts, how much of the points of the skills it adds or takes) for the page that explains lists."""
    return [
        (_("The languages asked for, all of them"), _up_to(weights.language)),
        (_("A free place, and as many hours a month as asked"), _up_to(weights.capacity)),
        (_("Shared working hours in the week"), _up_to(weights.hours)),
        (_("The way of working asked for"), _up_to(weights.format)),
        (_("Coming from the country of the need"), _up_to(weights.country)),
        (_("A profile looked over lately, fading within a year"), _up_to(weights.freshness)),
        (_("The kind of engagement asked for"), _up_to(weights.kind)),
        *(
            (
                ngettext(
                    "%(count)s engagement completed here lately with a skill asked for, about",
                    "%(count)s engagements completed here lately with a skill asked for, about",
                    count,
                )
                % {"count": count},
                _plus(_past(count, weights)),
            )
            for count in (1, MANY)
        ),
        (_("Always answering invitations, whether yes or no"), _plus(weights.replies)),
        (_("Never answering them"), _minus(weights.replies)),
        (_("Having been invited often in the last month"), _at_most_minus(weights.exposure_cap)),
        (
            _("Listing %(count)s other skills of the same kind") % {"count": MANY},
            _minus(WHOLE - breadth_left(MANY, weights)),
        ),
    ]


def fits_in_words(weights: Weights = DEFAULT) -> list[tuple[str, str]]:
    """Return (word for a fit, from when on it is used)."""
    both = _("from %(met)s of the must-haves and %(points)s of the points that could be earned")
    points_only = _("from %(points)s of the points that could be earned")
    return [
        (
            str(FITS[fit]),
            (both if met else points_only)
            % {"met": _percent(round(met * WHOLE)), "points": _percent(round(points * WHOLE))},
        )
        for fit, met, points in weights.fits
    ] + [(str(FITS[Fit.STRETCH]), _("below that"))]


def _past(count: int, weights: Weights) -> int:
    """Return what engagements add where work is spread evenly; they add more where few people do most of it."""
    typical = min(count / weights.past_typical, weights.past_success_cap)
    return round(WHOLE * weights.past_success * math.log1p(typical) / 100)


def _percent(share: int) -> str:
    return _("%(share)s %%") % {"share": round(share * 100 / WHOLE)}


def _up_to(share: int) -> str:
    return _("up to +%(percent)s") % {"percent": _percent(share)}


def _plus(share: int) -> str:
    return f"+{_percent(share)}"


def _minus(share: int) -> str:
    return f"−{_percent(share)}"


def _at_most_minus(share: int) -> str:
    return _("up to −%(percent)s") % {"percent": _percent(share)}

"""Needs, people and matches as cards: what ``components/`` templates take."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaspora_net.accounts.rules import is_trusted
from diaspora_net.accounts.states import OrganisationState
from engagements.models import Need
from engagements.payloads.reasons import isolated, reasons_in_words, shown_and_folded
from engagements.payloads.shares import FITS
from engagements.states import Side
from mentors.models import ExpertProfile
from mentors.recommender.types import Fit, Match, Reason, ReasonKind

# What the fit bar shows is decoration: the words beside it say the same.
FIT_SHARES = {Fit.STRONG: 0.9, Fit.GOOD: 0.7, Fit.POSSIBLE: 0.4, Fit.STRETCH: 0.2}
TAGS = 6
MOST_BROUGHT = 3


def fit_line(match: Match) -> dict[str, Any]:
    """Return how well a pair fits, in words: ``word``, ``met`` of ``wanted`` must-haves, ``share`` for the bar,
    ``text`` in all.
    """
    word = str(FITS[match.fit])
    must_haves = ngettext(
        "%(met)s of %(wanted)s must-have", "%(met)s of %(wanted)s must-haves", match.required_wanted
    ) % {"met": match.required_met, "wanted": match.required_wanted}
    return {
        "word": word,
        "met": match.required_met,
        "wanted": match.required_wanted,
        "share": FIT_SHARES[match.fit],
        "text": f"{word}: {must_haves}" if match.required_wanted else word,
    }


def who_line(need: Need) -> str:
    """Return who asks, where, since when, and whether they are verified."""
    organisation = need.organisation
    parts = [isolated(organisation.name), str(organisation.country.name)]
    if need.published_at:
        parts.append(_posted(need.published_at))
    if is_trusted(organisation):
        parts.append(_("verified"))
    elif organisation.state == OrganisationState.LAPSED:
        parts.append(_("verification lapsed"))
    return " · ".join(parts)


def _posted(published_at: datetime) -> str:
    now = timezone.now()
    if now - published_at < timedelta(hours=24):
        return _("posted today")
    return _("posted %(time)s ago") % {"time": timesince(published_at, now, depth=1)}


def need_card(need: Need, labels: Mapping[int, str]) -> dict[str, Any]:
    """Return a need for a list; skills and languages must be loaded (``with_details``)."""
    facts = [
        str(need.get_kind_display()),
        str(need.get_modality_display()),
        ngettext("%(hours)s hour", "%(hours)s hours", need.hours) % {"hours": need.hours},
    ]
    if languages := [str(row.get_language_display()) for row in need.languages.all()]:
        facts.append(get_text_list(languages, _("or")))
    if need.closes_on:
        facts.append(_("by %(day)s") % {"day": date_format(need.closes_on, "DATE_FORMAT")})
    if need.is_urgent:
        facts.insert(0, _("Urgent"))
    return {
        "reference": need.reference,
        "title": need.title,
        "url": reverse("engagements:need", args=[need.reference]),
        "who_line": who_line(need),
        "facts": facts,
        "tags": [labels.get(item.tag_id, item.tag.name) for item in need.skill_items.all()[:TAGS]],
    }


def match_card(need: Need, match: Match, labels: Mapping[int, str], zone: tzinfo) -> dict[str, Any]:
    """Return a need suggested to an expert, with its fit and reasons."""
    return {
        **need_card(need, labels),
        "fit": fit_line(match),
        "reasons": reasons_in_words(match, side=Side.EXPERT, labels=labels, zone=zone),
        "interest_url": reverse("engagements:need-interest", args=[need.reference]),
        "dismiss_url": reverse("engagements:need-dismiss", args=[need.reference]),
    }


def person_card(
    need: Need,
    profile: ExpertProfile,
    line: Mapping[str, Any],
    match: Match,
    labels: Mapping[int, str],
    zone: tzinfo,
) -> dict[str, Any]:
    """Return an expert suggested for a need; ``line`` is what this viewer may see of their profile."""
    places = [str(place) for place in (line.get("headline"), (line.get("residence") or {}).get("name")) if place]
    invite_url = reverse("engagements:need-invite", args=[need.reference, profile.reference])
    shown, folded = shown_and_folded(match, side=Side.INSTITUTION, labels=labels, zone=zone, ask_url=invite_url)
    return {
        "name": line.get("name") or _("An expert"),
        "url": reverse("mentors:profile", args=[profile.reference]),
        "line": " · ".join(places),
        "fit": fit_line(match),
        "reasons": shown,
        "more_reasons": folded,
        "invite_url": invite_url,
    }


def prefilled_line(reasons: Sequence[Reason], labels: Mapping[int, str]) -> str:
    """Return a first sentence for an offer, made of what both have in common, for the expert to edit."""
    same = [reason for reason in reasons if reason.kind == ReasonKind.SKILL_SAME][:MOST_BROUGHT]
    if not same:
        return _("I would like to help with this.")
    skills = get_text_list([_brought(reason, labels.get(reason.skill or 0, "")) for reason in same], _("and"))
    return _("What I bring: %(skills)s. I would like to help with this.") % {"skills": skills}


def _brought(reason: Reason, skill: str) -> str:
    """Return a skill with the years of its practice, when they are given."""
    years = int(reason.facts.get("years", 0))
    if not years:
        return skill
    told = ngettext("%(skill)s (%(years)s year)", "%(skill)s (%(years)s years)", years)
    return told % {"skill": skill, "years": years}

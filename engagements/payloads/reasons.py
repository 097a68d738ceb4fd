"""Reasons in words: which sentence a reason gets and what fills it, in the active language."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, tzinfo
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django_countries import countries

from engagements.payloads import words
from engagements.payloads.durations import duration
from engagements.payloads.words import Words
from engagements.states import Side
from mentors.recommender.factors import MUST, is_must
from mentors.recommender.hours import shifted
from mentors.recommender.reasons import displayed
from mentors.recommender.types import Interval, Match, Reason, ReasonKind
from mentors.states import EngagementKind, LanguageLevel, Modality, SkillLevel, WorkingLanguage

SHOWN = 5
DAY = 24 * 60
# What most reasons lack is said all the same: a template looks long for a key that is not there.
NO_MORE = {"url": "", "label": ""}
# Two groups of shared hours tell enough; a third is only hinted at.
MOST_WINDOWS = 2
# What stands out in a sentence: the first of these that fills it.
NAMES = ("skill", "languages", "language", "hours", "modality", "kind", "country")
# The step of the profile at which an expert fills a gap, besides missing skills.
STEPS = {
    ReasonKind.LEVEL_BELOW: "skills",
    ReasonKind.LANGUAGE_MISSING: "languages",
    ReasonKind.HOURS_MISSING: "give",
    ReasonKind.FORMAT_OTHER: "give",
    ReasonKind.KIND_OTHER: "give",
}
DAYS_OF_YEAR, HALF = 365, 0.5


def isolated(text: str) -> str:
    """Return what a person wrote so that its writing direction does not turn the sentence around it."""
    return f"\u2068{text}\u2069"


def skill_ids(reasons: Iterable[Reason]) -> set[int]:
    """Return the concepts that ``reasons`` name, to look up their labels at once."""
    return {pk for reason in reasons for pk in (reason.skill, reason.via) if pk is not None}


def reasons_in_words(
    match: Match | Sequence[Reason],
    *,
    side: str,
    labels: Mapping[int, str],
    zone: tzinfo | None = None,
    limit: int | None = SHOWN,
    ask_url: str = "",
) -> list[dict[str, str]]:
    """Return the reasons to show as dicts of ``kind`` (same, near, gap, note), ``symbol``, ``text`` and ``html``, in
    which the name stands out, in the active language.

    ``side`` is whose eyes read it (``Side``), ``labels`` name concepts, ``zone`` is the reader's clock. ``limit``
    chooses the most telling ones in the usual order; None words all, costs too. Shared languages become one sentence.
    A gap has a step (``url``, ``label``): the expert changes the profile, the institution asks about a missing skill at
    ``ask_url``.
    """
    reasons = match.reasons if isinstance(match, Match) else tuple(match)
    merged = tuple(_one_for_languages(reasons))
    chosen = displayed(merged, limit) if limit else merged
    return [_told(reason, side, labels, zone, ask_url) for reason in chosen]


def shown_and_folded(
    match: Match, *, side: str, labels: Mapping[int, str], zone: tzinfo | None = None, ask_url: str = ""
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the reasons to show, as ``reasons_in_words``, and all others, each put into words once."""
    merged = tuple(_one_for_languages(match.reasons))
    told = {id(reason): _told(reason, side, labels, zone, ask_url) for reason in merged}
    shown = [told[id(reason)] for reason in displayed(merged, SHOWN)]
    return shown, [one for one in told.values() if one not in shown]


def _told(reason: Reason, side: str, labels: Mapping[int, str], zone: tzinfo | None, ask_url: str) -> dict[str, str]:
    """Return one reason in words, with its step."""
    wording = _wording(reason)
    sentence = wording.expert if side == Side.EXPERT else wording.institution
    params = _params(reason, labels, zone or timezone.get_current_timezone())
    text = capfirst(sentence % params)
    if is_must(reason):
        text = _("%(reason)s (a must in this list)") % {"reason": text}
    name = next((str(params[name]) for name in NAMES if params.get(name)), "")
    told = {
        "kind": wording.mark,
        "symbol": words.SYMBOLS[wording.mark],
        "text": text,
        "html": _standing_out(name, text),
    }
    return NO_MORE | told | _step(reason, side, ask_url)


def _standing_out(name: str, text: str) -> str:
    """Return ``text`` as HTML with ``name`` in bold where it first stands."""
    for written in (name, capfirst(name)):
        before, found, after = text.partition(written) if written else (text, "", "")
        if found:
            return format_html("{}<b>{}</b>{}", before, found, after)
    return text


def _step(reason: Reason, side: str, ask_url: str) -> dict[str, str]:
    """Return what can be done about a gap: change one's profile, or ask the expert about a missing skill."""
    if reason.kind == ReasonKind.SKILL_MISSING and reason.skill is not None:
        if side == Side.EXPERT:
            url = f"{reverse('mentors:start', args=['skills'])}?add={reason.skill}"
            return {"url": url, "label": _("Add to my profile")}
        return {"url": f"{ask_url}?ask={reason.skill}", "label": _("Ask about it")} if ask_url else {}
    if side == Side.EXPERT and reason.kind in STEPS:
        return {"url": reverse("mentors:start", args=[STEPS[reason.kind]]), "label": _("Change my profile")}
    return {}


def _one_for_languages(reasons: Sequence[Reason]) -> Iterable[Reason]:
    """Let the first shared language speak for all of them."""
    codes = [str(reason.facts["language"]) for reason in reasons if reason.kind == ReasonKind.LANGUAGE_SHARED]
    is_told = False
    for reason in reasons:
        if reason.kind != ReasonKind.LANGUAGE_SHARED:
            yield reason
        elif not is_told:
            is_told = True
            facts = {name: value for name, value in reason.facts.items() if name == MUST}
            yield Reason(reason.kind, reason.points, facts={**facts, "languages": " ".join(codes)})


def _wording(reason: Reason) -> Words:
    if reason.kind == ReasonKind.SKILL_RELATED:
        return words.RELATED[str(reason.relation)]
    if reason.kind == ReasonKind.SKILL_SAME and reason.facts.get("years"):
        return words.YEARS
    if reason.kind == ReasonKind.HOURS_OVERLAP and reason.facts.get("windows"):
        return words.HOURS_WHEN
    if reason.kind == ReasonKind.HOURS_MISSING and not reason.facts.get("given"):
        return words.NO_HOURS_GIVEN
    if reason.kind == ReasonKind.FRESHNESS:
        days = int(reason.facts.get("days", 0))
        return words.NOT_FRESH if days > DAYS_OF_YEAR else words.WORDS[reason.kind] if days else words.FRESH_TODAY
    if reason.kind == ReasonKind.REPLIES and float(reason.facts.get("rate", 1)) <= HALF:
        return words.FEW_REPLIES
    if reason.kind == ReasonKind.COUNTRY_TIE and reason.facts.get("main"):
        return words.MAIN_ORIGIN
    return words.WORDS[reason.kind]


def _params(reason: Reason, labels: Mapping[int, str], zone: tzinfo) -> dict[str, Any]:
    facts = reason.facts
    params: dict[str, Any] = {name: _READERS[name](facts[name]) if name in _READERS else facts[name] for name in facts}
    params["skill"] = labels.get(reason.skill or 0, "")
    params["via"] = labels.get(reason.via or 0, "")
    if "minutes" in facts:
        params["hours"] = duration(int(facts["minutes"]))
    if "windows" in facts:
        params["when"] = _when(str(facts["windows"]), zone)
    if reason.kind == ReasonKind.LANGUAGE_PARTIAL:
        params |= {"level": _cefr(facts["level"]), "wanted_level": _cefr(facts["wanted"])}
    elif reason.kind == ReasonKind.LEVEL_BELOW:
        params |= {
            "level": SkillLevel(int(facts["level"])).label,
            "wanted_level": SkillLevel(int(facts["wanted"])).label,
        }
    return params


def _languages(codes: Any) -> str:
    return str(get_text_list([str(WorkingLanguage(code).label) for code in str(codes).split()], _("and")))


def _cefr(level: Any) -> str:
    return LanguageLevel(int(level)).name


_READERS: dict[str, Callable[[Any], str]] = {
    "note": isolated,
    "by": isolated,
    "language": lambda code: str(WorkingLanguage(code).label),
    "languages": _languages,
    "modality": lambda code: str(Modality(code).label),
    "offered": lambda code: str(Modality(code).label),
    "kind": lambda code: str(EngagementKind(code).label),
    "country": lambda number: str(countries.name(countries.alpha2(number))),
}


def _when(windows: str, zone: tzinfo) -> str:
    """Return shared hours on the reader's clock, the same hours of several days together: “Mon–Thu 17:00–20:00”."""
    intervals = [_interval(window) for window in windows.split(",")]
    offset = datetime.now(zone).utcoffset()
    days: dict[Interval, list[int]] = defaultdict(list)
    for start, end in shifted(intervals, int(offset.total_seconds() // 60) if offset else 0):
        days[start % DAY, end % DAY].append(start // DAY)
    told = [f"{_days(days[window])} {_clock(window[0])}–{_clock(window[1])}" for window in days]
    return ", ".join(told[:MOST_WINDOWS]) + (" …" if len(told) > MOST_WINDOWS else "")


def _interval(window: str) -> Interval:
    start, end = window.split("-")
    return int(start), int(end)


def _clock(minute: int) -> str:
    return time_format(time(*divmod(minute, 60)), "H:i")


def _days(numbers: Sequence[int]) -> str:
    """Return days of the week in short, runs of three or more as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = []
    for run in runs:
        names = [str(WEEKDAYS_ABBR[number]) for number in run]
        told += [f"{names[0]}–{names[-1]}"] if len(run) > 2 else names
    return ", ".join(told)

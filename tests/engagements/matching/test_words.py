"""Reasons in words: the same facts for both sides, each in its own voice."""

from dataclasses import fields, replace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from engagements.actions.needs import NeedSkillEntry
from engagements.payloads import fit_line, fits_in_words, prefilled_line, reasons_in_words, shares_in_words, words
from engagements.queries.explaining import explain_pair
from engagements.queries.recommendations import experts_for_need, labels_of, needs_for_expert
from engagements.states import Side
from mentors.actions import profiles
from mentors.recommender.types import PRACTISED, Fit, Match, Reason, ReasonKind, RelationKind
from mentors.recommender.weights import DEFAULT
from tests.factories import make_vocabulary
from tests.world import World, after_completion, after_need_published

PARIS, DAKAR = ZoneInfo("Europe/Paris"), ZoneInfo("Africa/Dakar")
LABELS = {1: "infection prevention", 2: "neonatal care", 3: "paediatric nursing", 4: "hospital audit"}
EXAMPLE = Match(
    expert=1,
    score=0.61,
    points=610,
    attainable=1000,
    fit=Fit.STRONG,
    required_met=4,
    required_wanted=5,
    reasons=(
        Reason(ReasonKind.SKILL_SAME, 300, skill=1, facts={"strength": "required", "level": 4, "years": 12}),
        Reason(ReasonKind.SKILL_RELATED, 120, skill=2, via=3, relation="sibling", facts={"strength": "required"}),
        Reason(ReasonKind.SKILL_MISSING, 0, skill=4, facts={"strength": "required", "worth": 90}),
        Reason(ReasonKind.LANGUAGE_SHARED, 70, facts={"language": "fr", "level": 6, "wanted": 4}),
        Reason(ReasonKind.LANGUAGE_SHARED, 70, facts={"language": "wo", "level": 5, "wanted": 4}),
        # Monday to Thursday, 16:00 to 19:00 UTC: 17:00 to 20:00 in Paris in winter.
        Reason(
            ReasonKind.HOURS_OVERLAP,
            50,
            facts={"minutes": 720, "windows": "960-1140,2400-2580,3840-4020,5280-5460", "given": True},
        ),
    ),
)


def texts(match: Match, side: str, zone: ZoneInfo = PARIS, limit: int | None = 5) -> list[str]:
    told = reasons_in_words(match, side=side, labels=LABELS, zone=zone, limit=limit)
    return [f"{reason['symbol']} {reason['text']}" for reason in told]


@time_machine.travel("2026-01-12T09:00:00Z", tick=False)
def test_reasons_read_as_on_the_card_when_the_expert_reads_them() -> None:
    assert texts(EXAMPLE, Side.EXPERT, limit=6) == [
        "✓ Infection prevention: you listed it (12 years)",
        "≈ Neonatal care: related to your “paediatric nursing”",
        "✓ You share French and Wolof",
        "✓ You share 12 h of working time a week: Mon–Thu 17:00–20:00, your time",
        "○ Not on your profile: hospital audit",
    ]
    assert fit_line(EXAMPLE)["text"] == "Strong fit: 4 of 5 must-haves"


@time_machine.travel("2026-01-12T09:00:00Z", tick=False)
def test_reasons_are_mirrored_when_the_institution_reads_them() -> None:
    assert texts(EXAMPLE, Side.INSTITUTION, DAKAR, limit=6) == [
        "✓ Infection prevention: on their profile (12 years)",
        "≈ Neonatal care: related to their “paediatric nursing”",
        "✓ You share French and Wolof",
        "✓ You share 12 h of working time a week: Mon–Thu 16:00–19:00, your time",
        "○ Not on their profile: hospital audit",
    ]


@time_machine.travel("2026-07-13T09:00:00Z", tick=False)
def test_shared_hours_follow_the_clock_when_summer_time_begins() -> None:
    assert any("Mon–Thu 18:00–21:00" in text for text in texts(EXAMPLE, Side.EXPERT, limit=6))


def test_name_stands_out_and_gaps_say_what_to_do() -> None:
    odd = {**LABELS, 1: "<b>asepsis</b>"}
    told = reasons_in_words(EXAMPLE, side=Side.EXPERT, labels=odd, zone=PARIS)
    assert [reason["html"] for reason in (told[0], told[2], told[4])] == [
        "<b>&lt;b&gt;asepsis&lt;/b&gt;</b>: you listed it (12 years)",
        "You share <b>French and Wolof</b>",
        "Not on your profile: <b>hospital audit</b>",
    ]
    no_time = (Reason(ReasonKind.HOURS_MISSING, 0, facts={"given": False, "worth": 9}),)
    [gap] = reasons_in_words(no_time, side=Side.EXPERT, labels={})
    assert (gap["url"], gap["label"]) == ("/start/expert/give/", "Change my profile")


@pytest.mark.parametrize(("rate", "text"), [(0.9, "✓ They usually answer"), (0.5, "○ They have answered at most half")])
def test_nobody_is_said_to_answer_who_does_not(rate: float, text: str) -> None:
    match = replace(EXAMPLE, reasons=(Reason(ReasonKind.REPLIES, 0, facts={"rate": rate}),))
    assert texts(match, Side.INSTITUTION, limit=None)[0].startswith(text)


def test_reasons_read_the_same_when_they_were_frozen(world: World) -> None:
    need = after_need_published(world)
    match = explain_pair(need, world.profile)
    thawed = Match.from_dict(match.to_dict())
    for side in Side.values:
        assert texts(thawed, side, limit=None) == texts(match, side, limit=None)


def test_every_kind_of_reason_has_words_for_both_sides() -> None:
    assert set(words.WORDS) | {ReasonKind.SKILL_RELATED} == set(ReasonKind)
    assert set(words.RELATED) == {*RelationKind, PRACTISED}


FACTS = {
    "note": "A good match.",
    "by": "Chidi",
    "language": "fr",
    "level": 2,
    "wanted": 4,
    "minutes": 90,
    "modality": "remote",
    "offered": "hybrid",
    "kind": "training",
    "years": 1,
    "country": 788,
    "free": 1,
    "capacity": 2,
    "days": 3,
    "count": 2,
    "rate": 0.9,
    "facet": "skill",
    "worth": 10,
    "given": True,
}


@pytest.mark.parametrize("kind", list(ReasonKind))
@pytest.mark.parametrize("side", list(Side))
def test_sentence_is_filled_when_any_kind_is_told(kind: ReasonKind, side: str) -> None:
    reason = Reason(kind, 1, skill=1, via=3, relation="broader", facts=FACTS)
    [told] = reasons_in_words([reason], side=side, labels=LABELS, zone=PARIS, limit=None)
    assert told["kind"] in {"same", "near", "gap", "note"}
    assert told["text"]
    assert "%" not in told["text"]


def test_labels_come_in_the_readers_language(world: World) -> None:
    need = after_need_published(world)
    with translation.override("fr"):
        [found] = needs_for_expert(world.amina, world.profile)
        told = reasons_in_words(found.match, side=Side.EXPERT, labels=labels_of([found]), zone=PARIS)
    assert any("interpréter un électrocardiogramme" in reason["text"].lower() for reason in told)
    assert found.need == need


def test_first_line_names_what_both_have_in_common(world: World) -> None:
    need = after_need_published(world)
    match = explain_pair(need, world.profile)
    labels = {skill.pk: skill.name for skill in make_vocabulary().values()}
    assert prefilled_line(match.reasons, labels) == (
        "What I bring: interpret electrocardiograms (12 years) and train nurses (5 years)."
        " I would like to help with this."
    )
    assert prefilled_line((), labels) == "I would like to help with this."


def test_institution_reads_nothing_that_its_fields_hide(world: World) -> None:
    need = after_need_published(world)
    [found] = experts_for_need(world.bereket, need)
    kinds = {reason.kind for reason in found.match.reasons} - {reason.kind for reason in found.reasons}
    assert kinds == {ReasonKind.CAPACITY}
    [checked] = experts_for_need(world.chidi, need)
    assert ReasonKind.CAPACITY in {reason.kind for reason in checked.reasons}


def test_completed_work_is_told_when_there_is_some(world: World) -> None:
    after_completion(world)
    world.profile.refresh_from_db()
    profiles.resume_profile(actor=world.amina, profile=world.profile) if world.profile.state == "paused" else None
    concepts = make_vocabulary()
    need = after_need_published(world, skills=(NeedSkillEntry(concepts["interpret-ecg"]),))
    [found] = experts_for_need(world.bereket, need)
    told = reasons_in_words(found.reasons, side=Side.INSTITUTION, labels=labels_of([found]), limit=None)
    assert "They have completed 1 engagement here" in {reason["text"] for reason in told}
    assert "They have helped with this here before" in {reason["text"] for reason in told}


def test_page_about_lists_says_what_the_configuration_says(as_person: object) -> None:
    shares = dict(shares_in_words())
    assert shares["The languages asked for, all of them"] == f"up to +{DEFAULT.language // 100} %"
    one, many = (share for what, share in shares.items() if "completed here lately" in what)
    assert 0 < int(one.strip("+ %")) < int(many.strip("+ %"))
    assert shares_in_words(replace(DEFAULT, hours=100))[2][1] == "up to +1 %"
    html = as_person(None).get("/how/").content.decode()
    for what, share in shares_in_words():
        assert what in html
        assert share in html
    assert [word for word, _when in fits_in_words()] == ["Strong fit", "Good fit", "Possible fit", "A stretch"]


def test_page_about_lists_leaves_no_share_of_the_configuration_out() -> None:
    """Whatever a circumstance can add or take is told; a new one fails here until the page tells it."""
    told = {"language", "format", "kind", "hours", "country", "capacity", "freshness", "past_success", "replies"}
    unasked = {"dates", "sector"}  # no need asks for either yet
    skills = {"track_record", "listed", "level_step", "year_step", "recognised", "practised"}
    knobs = {field.name for field in fields(DEFAULT) if isinstance(getattr(DEFAULT, field.name), int)}
    bounds = {
        name
        for name in knobs
        if name.startswith(("evidence_", "level_span", "breadth_", "exposure_", "years_", "past_"))
    }
    parts = {name for name in knobs if name.rsplit("_", 1)[0] in told | unasked}
    assert knobs == told | unasked | skills | bounds | parts


def test_shared_languages_take_one_line_and_leave_the_others_their_place() -> None:
    reasons = (
        Reason(ReasonKind.SKILL_SAME, 300, skill=1, facts={"strength": "required"}),
        *(Reason(ReasonKind.LANGUAGE_SHARED, 70, facts={"language": code}) for code in ("fr", "ar")),
        Reason(ReasonKind.COUNTRY_TIE, 20, facts={"country": 788, "main": True}),
        Reason(ReasonKind.FORMAT_OK, 10, facts={"modality": "remote"}),
    )
    told = reasons_in_words(reasons, side=Side.EXPERT, labels=LABELS, zone=PARIS, limit=4)
    assert [reason["text"] for reason in told] == [
        "Infection prevention: you listed it",
        "You share French and Arabic",
        "Tunisia is your country of origin",
        "Remote, as you offer it",
    ]

"""Each step of a profile, publishing it, and its places."""

import pytest

from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from mentors.actions import profiles as actions
from mentors.actions.choices import SkillChoice, choose_skills
from mentors.actions.profiles import SkillEntry
from mentors.models import ExpertProfile, Posting, ProfileSkill
from mentors.queries.profiles import missing_for_publishing
from tests.factories import make_expert, make_person, make_vocabulary
from tests.threads import at_once

GIVING = {
    "hours_per_month": 4,
    "modalities": ["remote"],
    "kinds": ["mentoring"],
    "capacity": 2,
    "audience": "organisations",
    "time_zone": "Africa/Tunis",
    "availability": [(0, 480, 720)],
}
IDENTITY = {"full_name": "Amina", "headline": "Cardiologist", "residence": "FR", "city": "Lyon", "origins": ["TN"]}


@pytest.fixture
def amina(db):
    return make_person("amina@example.org", "")


@pytest.fixture
def profile(amina):
    return actions.start_profile(actor=amina)


def test_starting_twice_gives_one_profile(amina, profile) -> None:
    assert actions.start_profile(actor=amina).pk == profile.pk
    assert AuditEntry.objects.filter(verb="mentors.profile.started").count() == 1


def test_publishing_names_all_that_is_missing(amina, profile) -> None:
    with pytest.raises(Invalid) as error:
        actions.publish_profile(actor=amina, profile=profile)
    for words in ("your name", "the country you live in", "a country of origin", "a skill", "a language"):
        assert words in error.value.message
    profile.refresh_from_db()
    assert profile.state == "draft"


def test_missing_parts_shrink_step_by_step(amina, profile) -> None:
    concepts = make_vocabulary()
    actions.save_identity(actor=amina, profile=profile, **IDENTITY)
    assert missing_for_publishing(profile) == ["a skill", "a language"]
    actions.save_skills(actor=amina, profile=profile, skills=[SkillEntry(concepts["cardiology"], 4, 12)])
    assert missing_for_publishing(profile) == ["a language"]
    actions.save_languages(actor=amina, profile=profile, languages=[("fr", 5)])
    assert missing_for_publishing(profile) == []
    published = actions.publish_profile(actor=amina, profile=profile)
    assert (published.state, published.published_at is not None) == ("published", True)


def test_every_step_is_audited_with_codes_not_names(amina) -> None:
    make_expert(amina_named(amina), skills={"cardiology": (4, 12)})
    entries = AuditEntry.objects.filter(noun="mentors.expertprofile").order_by("pk")
    assert [entry.verb.rpartition(".")[2] for entry in entries] == [
        "started",
        "identity_saved",
        "skills_saved",
        "languages_saved",
        "giving_saved",
        "published",
    ]
    assert "Lyon" not in str([entry.changes for entry in entries])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": "  "}, "full_name"),
        ({"residence": ""}, "residence"),
        ({"residence": "ZZ"}, "residence"),
        ({"origins": []}, "origins"),
        ({"origins": ["TN", "MA", "DZ", "LY"]}, "origins"),
        ({"origins": ["ZZ"]}, "origins"),
        ({"headline": "x" * 121}, "headline"),
    ],
)
def test_identity_is_refused_with_the_field(changes, field, amina, profile) -> None:
    with pytest.raises(Invalid) as error:
        actions.save_identity(actor=amina, profile=profile, **{**IDENTITY, **changes})
    assert field in error.value.fields
    amina.refresh_from_db()
    assert (amina.full_name, profile.origins.count()) == ("", 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"modalities": []}, "modalities"),
        ({"modalities": ["telepathy"]}, "modalities"),
        ({"kinds": []}, "kinds"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 21}, "capacity"),
        ({"hours_per_month": 201}, "hours_per_month"),
        ({"audience": "everybody"}, "audience"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"availability": [(7, 0, 60)]}, "availability"),
        ({"availability": [(0, 60, 60)]}, "availability"),
        ({"availability": [(0, 60, 1441)]}, "availability"),
    ],
)
def test_giving_is_refused_with_the_field(changes, field, amina, profile) -> None:
    actions.save_giving(actor=amina, profile=profile, **GIVING)
    with pytest.raises(Invalid) as error:
        actions.save_giving(actor=amina, profile=profile, **{**GIVING, **changes})
    assert list(error.value.fields) == [field]
    amina.refresh_from_db()
    assert amina.time_zone == "Africa/Tunis"
    assert profile.availability.count() == 1


def test_skills_keep_their_recognition_when_saved_again(amina, profile) -> None:
    concepts = make_vocabulary()
    entries = [SkillEntry(concepts["cardiology"], 2, 1), SkillEntry(concepts["negotiation"], 1)]
    actions.save_skills(actor=amina, profile=profile, skills=entries)
    ProfileSkill.objects.filter(tag=concepts["cardiology"]).update(recognition="assessed")
    actions.save_skills(actor=amina, profile=profile, skills=[SkillEntry(concepts["cardiology"], 4, 2)])
    item = ProfileSkill.objects.get(content_object=profile)
    assert (item.tag_id, item.level, item.years, item.recognition) == (concepts["cardiology"].pk, 4, 2, "assessed")


@pytest.mark.parametrize(("level", "years"), [(0, 1), (5, 1), (2, 61), (2, -1)])
def test_levels_and_years_have_bounds(level, years, amina, profile) -> None:
    with pytest.raises(Invalid):
        actions.save_skills(
            actor=amina, profile=profile, skills=[SkillEntry(make_vocabulary()["cardiology"], level, years)]
        )


def test_a_profile_cannot_lose_its_last_skill_or_language(amina, profile) -> None:
    with pytest.raises(Invalid):
        actions.save_skills(actor=amina, profile=profile, skills=[])
    with pytest.raises(Invalid):
        actions.save_languages(actor=amina, profile=profile, languages=[])
    with pytest.raises(Invalid):
        actions.save_languages(actor=amina, profile=profile, languages=[("xx", 3)])


def test_chosen_words_become_suggestions_and_foreign_suggestions_are_left_out(amina, profile) -> None:
    other = make_person("dana@example.org", "Dana")
    hers = choose_skills(
        actor=other,
        profile=actions.start_profile(actor=other),
        choices=[SkillChoice("secret art", 2, 1)],
        language="en",
    ).skill_items.get()
    known = make_vocabulary()["cardiology"]
    choices = [SkillChoice(str(known.pk), 3, 4), SkillChoice("CARDIOLOGIE", 1, 0), SkillChoice("weaving", 2, 1)]
    choose_skills(actor=amina, profile=profile, choices=[*choices, SkillChoice(str(hers.tag_id), 2, 1)], language="fr")
    found = profile.skill_items.order_by("pk").values_list("tag__name", "tag__status")
    assert sorted(found) == [("cardiology", "accepted"), ("weaving", "suggested")]


def test_nobody_else_changes_a_profile(amina, profile) -> None:
    dana = make_person("dana@example.org", "Dana")
    for act in (actions.publish_profile, actions.pause_profile, actions.resume_profile):
        with pytest.raises(NotAllowed):
            act(actor=dana, profile=profile)
    with pytest.raises(NotAllowed):
        actions.save_identity(actor=dana, profile=profile, **IDENTITY)
    assert not profile.origins.exists()


def test_a_suspended_profile_is_not_changed_by_its_owner(amina) -> None:
    profile = make_expert(amina_named(amina), skills={"cardiology": (2, 1)})
    ExpertProfile.objects.update(state="suspended")
    with pytest.raises(NotAllowed):
        actions.save_giving(actor=amina, profile=profile, **GIVING)


def test_pausing_and_resuming(amina) -> None:
    profile = make_expert(amina_named(amina), skills={"cardiology": (2, 1)})
    first_published = profile.published_at
    actions.pause_profile(actor=amina, profile=profile)
    assert not Posting.objects.exists()
    with pytest.raises(InvalidTransition):
        actions.pause_profile(actor=amina, profile=profile)
    resumed = actions.resume_profile(actor=amina, profile=profile)
    assert (resumed.state, resumed.published_at) == ("published", first_published)
    assert Posting.objects.exists()
    with pytest.raises(Conflict):
        actions.resume_profile(actor=amina, profile=profile)


def test_places_are_taken_and_released_within_capacity(amina) -> None:
    profile = make_expert(amina_named(amina), skills={"cardiology": (2, 1)}, capacity=1)
    actions.take_place(profile=profile)
    assert not Posting.objects.exists()
    with pytest.raises(Conflict):
        actions.take_place(profile=profile)
    with pytest.raises(Invalid) as error:
        actions.save_giving(actor=amina, profile=profile, **{**GIVING, "capacity": 0})
    assert "capacity" in error.value.fields
    actions.release_place(profile=profile)
    actions.release_place(profile=profile)
    assert profile.open_engagements == 0
    assert Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_exactly_three_of_eight_take_a_place_when_there_are_three() -> None:
    profile = make_expert(make_person("amina@example.org", "Amina"), skills={"cardiology": (2, 1)}, capacity=3)
    outcomes = at_once([lambda: actions.take_place(profile=ExpertProfile.objects.get(pk=profile.pk))] * 8)
    profile.refresh_from_db()
    assert (sum(isinstance(one, Conflict) for one in outcomes), profile.open_engagements) == (5, 3)
    assert not Posting.objects.exists()


def amina_named(amina):
    amina.full_name = "Amina"
    return amina


@pytest.mark.parametrize("count", [1, 3])
def test_saving_skills_takes_a_fixed_number_of_queries(db, django_assert_num_queries, count) -> None:
    person = make_person("amina@example.org", "Amina")
    profile, concepts = make_expert(person, skills={"cardiology": (4, 12)}), make_vocabulary()
    entries = [SkillEntry(concept, 2, 3) for concept in list(concepts.values())[:count]]
    # A savepoint around: the lock, those that go, change or come, the day, what matching must have and has,
    # its rewriting, and the audit entry.
    with django_assert_num_queries(8):
        actions.save_skills(actor=person, profile=profile, skills=entries)

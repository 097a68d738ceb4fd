"""The four steps, as a browser without script uses them."""

import pytest
from django.test import Client
from django.urls import reverse

from mentors.models import ExpertProfile, Skill
from tests.factories import make_expert, make_person, make_vocabulary

pytestmark = pytest.mark.django_db
IDENTITY = {
    "full_name": "Amina",
    "headline": "Cardiologist",
    "residence": "FR",
    "city": "Lyon",
    "origin_1": "TN",
    "origin_2": "MA",
}
GIVING = {
    "hours_per_month": "8",
    "capacity": "2",
    "kinds": ["mentoring", "advisory"],
    "modalities": ["remote"],
    "audience": "organisations",
    "time_zone": "Europe/Paris",
    "availability": ["0-480-720", "4-1020-1260"],
}


def step(name: str) -> str:
    return reverse("mentors:start", args=[name])


@pytest.fixture
def amina():
    return make_person("amina@example.org", "")


@pytest.fixture
def browser(amina):
    client = Client()
    client.force_login(amina, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_four_steps_lead_to_a_published_profile(browser, amina) -> None:
    concepts = make_vocabulary()
    assert browser.get(reverse("mentors:start-resume")).headers["Location"] == step("identity")
    answer = browser.post(step("identity"), IDENTITY)
    assert (answer.status_code, answer.headers["Location"]) == (302, step("skills"))
    heart = concepts["cardiology"].pk
    answer = browser.post(step("skills"), {"skills": [heart], f"level-{heart}": "4", f"years-{heart}": "12"})
    assert answer.headers["Location"] == step("languages")
    answer = browser.post(step("languages"), {"language_0": "fr", "level_0": "6", "language_1": "ar", "level_1": "5"})
    assert answer.headers["Location"] == step("give")
    answer = browser.post(step("give"), {**GIVING, "publish": "1"})
    assert answer.headers["Location"] == reverse("engagements:for-you")
    profile = ExpertProfile.objects.get(user=amina)
    assert profile.state == "published"
    assert [row.country.code for row in profile.origins.all()] == ["TN", "MA"]
    assert [(slot.weekday, slot.starts, slot.ends) for slot in profile.availability.all()] == [
        (0, 480, 720),
        (4, 1020, 1260),
    ]


def test_one_comes_back_to_the_first_step_that_is_not_done(browser) -> None:
    browser.post(step("identity"), IDENTITY)
    assert browser.get(reverse("mentors:start-resume")).headers["Location"] == step("skills")
    page = browser.get(step("identity")).content.decode()
    assert 'value="Cardiologist"' in page
    assert "Step 1 of 4" in page


def test_reading_a_step_writes_nothing(browser) -> None:
    for name in ("identity", "skills", "languages"):
        assert browser.get(step(name)).status_code == 200
    assert browser.get(step("give")).headers["Location"] == step("identity")
    assert not ExpertProfile.objects.exists()


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("identity", {**IDENTITY, "full_name": "", "headline": "Kept headline"}, "Kept headline"),
        ("identity", {**IDENTITY, "origin_1": "", "about": "Kept words"}, "Kept words"),
        ("identity", {**IDENTITY, "residence": "XX", "city": "Kept city"}, "Kept city"),
        ("languages", {"language_0": "fr", "level_0": ""}, 'value="fr" selected'),
        ("languages", {"language_0": "fr", "level_0": "3", "language_1": "fr", "level_1": "4"}, "stands here twice"),
        ("languages", {}, "Add at least one language"),
        ("skills", {}, "Add at least one skill"),
        ("skills", {"skills": ["weaving"], "level-weaving": "9"}, "weaving"),
        ("skills", {"skills": ["weaving"], "level-weaving": "2", "years-weaving": "61"}, 'value="61"'),
        ("skills", {"skills": ["!!!"], "level-!!!": "2"}, "Write the skill in a few words"),
    ],
)
def test_refused_forms_answer_422_with_a_summary_and_keep_what_was_typed(name, sent, kept, browser) -> None:
    answer = browser.post(step(name), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "form-errors-title" in page
    assert kept in page
    assert not Skill.objects.exists()


def test_a_refused_last_step_keeps_its_ticks(browser) -> None:
    browser.post(step("identity"), IDENTITY)
    answer = browser.post(step("give"), {**GIVING, "hours_per_month": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="0-480-720" checked' in page
    assert 'value="1-480-720" checked' not in page


def test_publishing_too_early_saves_and_says_what_is_missing(browser, amina) -> None:
    browser.post(step("identity"), IDENTITY)
    answer = browser.post(step("give"), {**GIVING, "publish": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "a skill, a language" in page
    assert f'href="{step("skills")}"' in page
    profile = ExpertProfile.objects.get(user=amina)
    assert (profile.state, profile.hours_per_month) == ("draft", 8)


def test_find_offers_results_without_script_and_keeps_the_chips(browser) -> None:
    concepts = make_vocabulary()
    heart, talk = concepts["cardiology"].pk, concepts["negotiation"].pk
    sent = {"skills": [heart], f"level-{heart}": "4", f"years-{heart}": "12"}
    answer = browser.post(step("skills"), {**sent, "q": "negociation", "find": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<input type="checkbox" name="skills" value="{talk}">' in page
    assert f'<input type="hidden" name="skills" value="{heart}">' in page
    assert 'value="12"' in page
    answer = browser.post(step("skills"), {**sent, "skills": [heart, talk]})
    assert answer.status_code == 200
    assert "Choose a level for what you added" in answer.content.decode()
    answer = browser.post(step("skills"), {**sent, "skills": [heart, talk], f"level-{talk}": "2", "remove": str(heart)})
    page = answer.content.decode()
    assert f'value="{heart}"' not in page
    assert f'<input type="hidden" name="skills" value="{talk}">' in page
    assert not ExpertProfile.objects.exists()


def test_unknown_words_can_be_added_and_wait_for_a_coordinator(browser, amina) -> None:
    browser.post(step("identity"), IDENTITY)
    page = browser.post(step("skills"), {"q": "Basket weaving", "find": "1"}).content.decode()
    assert '<input type="checkbox" name="skills" value="Basket weaving">' in page
    browser.post(step("skills"), {"skills": ["Basket weaving"], "level-Basket weaving": "4"})
    skill = Skill.objects.get()
    assert (skill.status, skill.name) == ("suggested", "Basket weaving")
    assert "Basket weaving" in browser.get(step("skills")).content.decode()


def test_what_another_window_added_stays_when_this_one_saves(browser, amina) -> None:
    concepts = make_vocabulary()
    heart, triage = concepts["cardiology"].pk, concepts["negotiation"].pk
    page = browser.get(step("skills")).content.decode()
    assert '<input type="hidden" name="shown" value="">' in page
    browser.post(step("skills"), {"skills": [triage], f"level-{triage}": "2", "shown": [""]})
    browser.post(step("skills"), {"skills": [heart], f"level-{heart}": "4", "shown": [""]})
    skills = ExpertProfile.objects.get(user=amina).skill_items
    assert set(skills.values_list("tag", "level")) == {(triage, 2), (heart, 4)}
    browser.post(step("skills"), {"skills": [heart], f"level-{heart}": "4", "shown": ["", triage, heart]})
    assert [item.tag_id for item in skills.all()] == [heart]


def test_editing_a_published_profile_leads_back_to_it(browser, amina) -> None:
    amina.full_name = "Amina"
    profile = make_expert(amina, skills={"cardiology": (4, 12)})
    page = browser.get(step("give")).content.decode()
    assert "Step 4" not in page
    answer = browser.post(step("languages"), {"language_0": "pt", "level_0": "4"})
    assert answer.headers["Location"] == reverse("mentors:me")
    assert [row.language for row in profile.languages.all()] == ["pt"]


def test_exact_times_stay_when_the_grid_is_not_touched(browser, amina) -> None:
    amina.full_name = "Amina"
    profile = make_expert(amina, skills={"cardiology": (4, 12)})
    profile.availability.all().delete()
    profile.availability.create(weekday=1, starts=1030, ends=1250)
    page = browser.get(step("give")).content.decode()
    assert 'value="1-1020-1260" checked' in page
    browser.post(step("give"), {**GIVING, "availability": ["1-1020-1260"], "hours_per_month": "3"})
    assert [(slot.starts, slot.ends) for slot in profile.availability.all()] == [(1030, 1250)]
    browser.post(step("give"), {**GIVING, "availability": []})
    assert not profile.availability.exists()


@pytest.mark.parametrize("name", ["identity", "skills", "languages", "give"])
def test_steps_ask_to_sign_in(name) -> None:
    answer = Client().get(step(name))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_there_are_no_other_steps(browser) -> None:
    assert browser.get("/start/expert/payment/").status_code == 404


def test_last_step_asks_for_a_city_when_nobody_told_the_clock(browser, amina) -> None:
    amina.time_zone = "UTC"
    amina.save(update_fields=["time_zone"])
    browser.post(step("identity"), IDENTITY)
    assert '<option value="" selected>Choose a city</option>' in browser.get(step("give")).content.decode()
    answer = browser.post(step("give"), {**GIVING, "time_zone": ""})
    assert answer.status_code == 422
    assert "id_time_zone_error" in answer.content.decode()

"""Who sees what of whom: the whole matrix, in Python and in the database."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import translation

from diaspora_net.accounts.actions.people import grant_remit
from mentors import rules
from mentors.models import ExpertProfile
from mentors.payloads import profile_card, profile_lines
from mentors.queries import profiles as queries
from tests.factories import make_expert, make_organisation, make_person, stamp_verified

pytestmark = pytest.mark.django_db
OWN, COORDINATOR, INSTITUTION, COUNTERPART, NOTHING = (
    rules.OWN_FIELDS,
    rules.COORDINATOR_FIELDS,
    rules.INSTITUTION_FIELDS,
    rules.COUNTERPART_FIELDS,
    rules.NOTHING,
)


@pytest.fixture
def cast():
    people = {name: make_person(f"{name}@example.org", name.title()) for name in ("amina", "bereket", "chidi", "dana")}
    people["chidi_elsewhere"] = make_person("elsewhere@example.org", "Elsewhere")
    people["waiting"] = make_person("waiting@example.org", "Waiting")
    people["learner"] = make_person("learner@example.org", "Learner")
    people["nobody"] = AnonymousUser()
    grant_remit(actor=None, user=people["chidi"], country="TN")
    grant_remit(actor=None, user=people["chidi_elsewhere"], country="GH")
    verified = make_organisation(people["bereket"])
    make_organisation(people["waiting"], name="Not verified")
    stamp_verified([verified])
    verified.memberships.create(user=people["learner"], role="counterpart")
    people["other_expert"] = make_person("other@example.org", "Other")
    make_expert(people["other_expert"], skills={"negotiation": (2, 2)})
    return people


@pytest.fixture
def profile(cast):
    return make_expert(cast["amina"], skills={"cardiology": (4, 12)}, origins=("MA", "TN"))


def matrix_row(state: str, audience: str) -> dict[str, frozenset[str]]:
    """Say what each sees of a profile in this state with this audience; who is not named sees nothing."""
    row = {"amina": OWN}
    if state in {"published", "paused", "suspended"}:
        row["chidi"] = COORDINATOR
    if (state, audience) == ("published", "organisations"):
        row["bereket"] = INSTITUTION
    return row


@pytest.mark.parametrize("audience", ["organisations", "coordinators"])
@pytest.mark.parametrize("state", ["draft", "published", "paused", "suspended", "closed"])
def test_each_viewer_sees_their_fields_and_no_others(state, audience, cast, profile) -> None:
    ExpertProfile.objects.filter(pk=profile.pk).update(state=state, audience=audience)
    profile.refresh_from_db()
    expected = matrix_row(state, audience)
    for name, viewer in cast.items():
        fields = queries.visible_fields(viewer, profile)
        assert fields == expected.get(name, NOTHING), name
        assert set(profile_card(viewer, profile)) <= fields, name
        is_found = queries.visible_profiles(viewer).filter(pk=profile.pk).exists()
        assert is_found == bool(fields), name


@pytest.mark.parametrize("state", ["published", "paused", "suspended", "closed"])
def test_a_counterpart_goes_on_seeing_whatever_the_audience(state, cast, profile) -> None:
    ExpertProfile.objects.filter(pk=profile.pk).update(state=state, audience="coordinators")
    profile.refresh_from_db()
    assert queries.visible_fields(cast["dana"], profile, is_counterpart=True) == COUNTERPART
    assert queries.visible_fields(cast["nobody"], profile, is_counterpart=True) == NOTHING


def test_a_draft_and_an_inactive_person_are_seen_by_nobody_else(cast, profile) -> None:
    cast["amina"].is_active = False
    cast["amina"].save()
    profile = ExpertProfile.objects.get(pk=profile.pk)
    for name in ("bereket", "chidi", "dana"):
        assert queries.visible_fields(cast[name], profile, is_counterpart=True) == NOTHING
        assert not queries.visible_profiles(cast[name]).filter(pk=profile.pk).exists()


def test_addresses_and_cities_stay_with_those_who_may(cast, profile) -> None:
    assert "city" not in INSTITUTION | COUNTERPART
    for fields in (OWN, COORDINATOR, INSTITUTION, COUNTERPART):
        assert not {"email", "phone"} & fields
    for name in ("bereket", "chidi", "amina"):
        assert "@" not in str(profile_card(cast[name], profile))
    assert "Lyon" not in str(profile_card(cast["bereket"], profile))
    assert "Paris" not in str(profile_card(cast["bereket"], profile))
    assert profile_card(cast["chidi"], profile)["city"] == "Lyon"
    assert profile_card(cast["dana"], profile) == {}


def test_invisible_is_not_there(cast, profile) -> None:
    for name in ("dana", "waiting", "chidi_elsewhere", "other_expert"):
        with pytest.raises(Http404):
            queries.get_profile(cast[name], profile.reference)
    with pytest.raises(Http404):
        queries.get_profile(cast["bereket"], "000000000000")
    assert queries.get_profile(cast["bereket"], profile.reference) == profile


def test_suggested_skills_are_shown_to_their_owner_only(cast, profile) -> None:
    profile.skill_items.get().tag.__class__.objects.update(status="suggested")
    profile = ExpertProfile.objects.get(pk=profile.pk)
    assert [skill["is_suggested"] for skill in profile_card(cast["amina"], profile)["skills"]] == [True]
    assert profile_card(cast["bereket"], profile)["skills"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_lines_take_a_fixed_number_of_queries(count, cast, profile, django_assert_num_queries) -> None:
    for number in range(count - 1):
        make_expert(make_person(f"x{number}@example.org", "X"), skills={"cardiology": (2, 1), "negotiation": (1, 1)})
    with django_assert_num_queries(7):  # the list 3; lines: standing 2, people 1, origins 1
        rows = list(queries.visible_profiles(cast["bereket"]).filter(skill_items__tag__slug="cardiology"))
        assert len(profile_lines(cast["bereket"], rows)) == count


def test_own_profile_is_read_in_one_query(cast, profile, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert queries.own_profile(cast["amina"]).user.full_name == "Amina"
    with django_assert_num_queries(0):
        assert queries.own_profile(AnonymousUser()) is None
    with pytest.raises(Http404):
        queries.get_own_profile(cast["dana"])


def test_cards_speak_the_active_language(cast, profile) -> None:
    with translation.override("fr"):
        card = profile_card(cast["bereket"], ExpertProfile.objects.get(pk=profile.pk))
    assert card["skills"][0]["label"] == "cardiologie"
    assert [origin["code"] for origin in card["origins"]] == ["MA", "TN"]

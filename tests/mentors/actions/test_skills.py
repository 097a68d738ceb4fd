"""Proposing, accepting and merging concepts, and counting who has them."""

import pytest

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed, SlowDown
from diaspora_net.core.models import AuditEntry
from mentors import tasks
from mentors.actions import skills as actions
from mentors.actions.profiles import SkillEntry, save_skills
from mentors.models import Posting, ProfileSkill, Skill, SkillBroader, SkillLabel, SkillRelation
from mentors.queries.skills import current_skills, search_skills
from tests.factories import make_expert, make_person, make_vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture
def vocabulary():
    return make_vocabulary()


@pytest.fixture
def amina(vocabulary):
    return make_person("amina@example.org", "Amina")


@pytest.fixture
def chidi():
    chidi = make_person("chidi@example.org", "Chidi")
    grant_remit(actor=None, user=chidi, country="TN")
    return chidi


def test_a_known_label_returns_its_concept_whatever_case_and_accents(amina, vocabulary) -> None:
    for label in ("Cardiology", " ECHOCARDIOGRAPHIE ", "échocardiographie"):
        assert actions.propose_skill(actor=amina, label=label, language="fr") in vocabulary.values()
    assert not Skill.objects.filter(status="suggested").exists()


def test_new_words_are_suggested_once_and_found_by_nobody(amina) -> None:
    one = actions.propose_skill(actor=amina, label="Basket  weaving", language="en")
    again = actions.propose_skill(actor=amina, label="basket weaving", language="fr")
    assert one == again
    assert (one.name, one.status) == ("Basket weaving", "suggested")
    assert search_skills("basket", language="en") == []
    assert AuditEntry.objects.filter(verb="mentors.skill.proposed").count() == 1


@pytest.mark.parametrize("label", ["", "  ", "!!!", "x" * 301])
def test_labels_without_words_are_refused(label, amina) -> None:
    with pytest.raises(Invalid):
        actions.propose_skill(actor=amina, label=label, language="en")
    assert not Skill.objects.filter(status="suggested").exists()


def test_the_twenty_first_new_word_of_a_day_is_refused(amina) -> None:
    for number in range(actions.MOST_PROPOSALS):
        actions.propose_skill(actor=amina, label=f"art {number}", language="en")
    with pytest.raises(SlowDown):
        actions.propose_skill(actor=amina, label="one more", language="en")
    assert Skill.objects.filter(status="suggested").count() == actions.MOST_PROPOSALS


def test_only_coordinators_decide(amina, vocabulary) -> None:
    skill = actions.propose_skill(actor=amina, label="Basket weaving", language="en")
    with pytest.raises(NotAllowed):
        actions.accept_skill(actor=amina, skill=skill)
    with pytest.raises(NotAllowed):
        actions.merge_skill(actor=amina, skill=skill, into=vocabulary["negotiation"])
    skill.refresh_from_db()
    assert skill.status == "suggested"


def test_an_accepted_skill_is_found_and_matched(amina, chidi) -> None:
    profile = make_expert(amina, skills={"cardiology": (2, 1)})
    skill = actions.propose_skill(actor=amina, label="Basket weaving", language="en")
    save_skills(actor=amina, profile=profile, skills=[SkillEntry(skill, 3, 4)])
    assert not Posting.objects.exists()
    actions.accept_skill(actor=chidi, skill=skill)
    assert Posting.objects.get().skill_id == skill.pk
    assert [hit.label for hit in search_skills("basket", language="fr")] == ["Basket weaving"]
    with pytest.raises(Conflict):
        actions.accept_skill(actor=chidi, skill=skill)


def test_a_merge_moves_labels_links_and_profiles(amina, chidi, vocabulary) -> None:
    heart, ecg = vocabulary["cardiology"], vocabulary["interpret-ecg"]
    profile = make_expert(amina, skills={"cardiology": (2, 9)})
    double = actions.propose_skill(actor=amina, label="heart medicine", language="en")
    save_skills(actor=amina, profile=profile, skills=[SkillEntry(heart, 2, 9), SkillEntry(double, 4, 3)])
    SkillBroader.objects.create(skill=ecg, broader=double)
    SkillRelation.objects.create(skill=double, related=heart, kind="used_together", weight=30)
    SkillRelation.objects.create(skill=double, related=ecg, kind="used_together", weight=30)
    actions.merge_skill(actor=chidi, skill=double, into=heart)
    double.refresh_from_db()
    assert (double.status, double.merged_into) == ("merged", heart)
    assert current_skills([double.pk, ecg.pk]) == {double.pk: heart.pk, ecg.pk: ecg.pk}
    item = ProfileSkill.objects.get(content_object=profile)
    assert (item.tag_id, item.level, item.years) == (heart.pk, 4, 9)
    assert Posting.objects.get().skill_id == heart.pk
    assert SkillLabel.objects.get(text="heart medicine").skill == heart
    assert SkillBroader.objects.filter(skill=ecg, broader=heart).count() == 1
    assert list(SkillRelation.objects.values_list("skill", "related")) == [(heart.pk, ecg.pk)]
    assert actions.propose_skill(actor=amina, label="Heart medicine", language="en") == heart


def test_a_merge_into_itself_or_something_merged_is_refused(amina, chidi, vocabulary) -> None:
    heart, other = vocabulary["cardiology"], vocabulary["negotiation"]
    with pytest.raises(Invalid):
        actions.merge_skill(actor=chidi, skill=heart, into=heart)
    actions.merge_skill(actor=chidi, skill=other, into=heart)
    with pytest.raises(Conflict):
        actions.merge_skill(actor=chidi, skill=other, into=heart)
    with pytest.raises(Conflict):
        actions.merge_skill(actor=chidi, skill=heart, into=other)


def test_counts_follow_published_profiles(amina, vocabulary) -> None:
    make_expert(amina, skills={"cardiology": (2, 1), "negotiation": (2, 1)})
    make_expert(make_person("b@example.org", "B"), skills={"cardiology": (2, 1)})
    make_expert(make_person("c@example.org", "C"), skills={"cardiology": (2, 1)}, is_published=False)
    Skill.objects.filter(pk=vocabulary["grid-operation"].pk).update(expert_count=7)
    assert tasks.refresh_skill_counts() == 3
    assert dict(Skill.objects.exclude(expert_count=0).values_list("slug", "expert_count")) == {
        "cardiology": 2,
        "negotiation": 1,
    }
    assert tasks.refresh_skill_counts() == 0

"""Rows from before a migration are there after it, with what the migration says of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, connection, transaction

from engagements.models import AgreementVersion, Engagement, Meeting
from engagements.queries.agreements import agreement_of
from tests.scratch import migrate_to, scratch_database

pytestmark = pytest.mark.timeout(600)
THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Old:
    """A few people and their work, written with the models of some time ago; their addresses end in ``domain``."""

    def __init__(self, apps: Apps, domain: str) -> None:
        self.apps, self.domain = apps, domain
        self.expert, self.host, self.colleague = (self.person(name) for name in ("Amina", "Bereket", "Bilal"))
        self.profile = self.make("mentors", "ExpertProfile", user=self.expert)
        self.organisation = self.make(
            "accounts",
            "Organisation",
            name="Hospital",
            kind="hospital",
            country="TN",
            city="Jendouba",
            time_zone="Africa/Tunis",
        )

    def make(self, app: str, model: str, **values: Any) -> Any:
        return self.apps.get_model(app, model)._default_manager.create(**values)

    def person(self, name: str) -> Any:
        return self.make("accounts", "User", email=f"{name}@{self.domain}", full_name=name, password="!")

    def engagement(self, title: str, **values: Any) -> Any:
        need = self.make(
            "engagements",
            "Need",
            organisation=self.organisation,
            title=title,
            context=f"Context of {title}",
            kind="training",
            modality="remote",
            hours=12,
            focal_point=self.host,
            created_by=self.host,
        )
        self.make("engagements", "NeedLanguage", need=need, language="fr", level=4)
        talk = self.make("messaging", "Conversation", topic=title)
        proposal = self.make(
            "engagements",
            "Proposal",
            need=need,
            expert=self.profile,
            origin="application",
            sent_by=self.expert,
            state="converted",
            message="Hello",
            conversation=talk,
            expires_at=THEN,
        )
        return self.make(
            "engagements",
            "Engagement",
            need=need,
            expert=self.profile,
            proposal=proposal,
            conversation=talk,
            focal_point=self.host,
            kind="training",
            modality="remote",
            goal=f"Goal of {title}",
            hours_planned=12,
            created_at=THEN,
            **values,
        )

    def meeting(self, engagement: Any, starts_at: datetime, **values: Any) -> Any:
        agreed = {
            "state": "confirmed",
            "starts_at": starts_at,
            "expert_wall": "2026-03-02T10:00",
            "institution_wall": "2026-03-02T10:00",
            "agreed_by": self.host,
            "proposed_by": self.expert,
            "proposed_side": "expert",
        }
        return self.make(
            "engagements",
            "Meeting",
            engagement=engagement,
            minutes=60,
            expert_zone="Europe/Paris",
            institution_zone="Africa/Tunis",
            answer_by=starts_at,
            **{**agreed, **values},
        )


def test_rows_become_what_the_migrations_promise(transactional_db: None) -> None:
    """Two times of the past in one database, since running every migration takes long."""
    with scratch_database():
        agreements = AgreedLongAgo(migrate_to(("engagements", "0009_calendars"), ("core", "0002_audit_is_append_only")))
        sessions = SessionsAcross(migrate_to(("engagements", "0020_chains")))
        migrate_to()
        agreements.check_that_they_are_version_one()
        sessions.check_that_they_stay_and_new_ones_cannot_come()


class AgreedLongAgo:
    """Work that both, one or nobody had agreed to when agreements had no versions."""

    def __init__(self, apps: Apps) -> None:
        self.old = old = Old(apps, "agreed.example")
        self.agreed = old.engagement(
            "Agreed", state="active", expert_agreed_at=THEN, institution_agreed_at=THEN + timedelta(days=1)
        )
        self.half = old.engagement("Half", expert_agreed_at=THEN)
        self.none = old.engagement("None")
        old.make(
            "core",
            "AuditEntry",
            actor=old.colleague,
            verb="engagements.engagement.scheduled",
            noun="engagements.engagement",
            object_id=str(self.agreed.pk),
            changes={},
        )

    def check_that_they_are_version_one(self) -> None:
        agreed, half, none = (one.pk for one in (self.agreed, self.half, self.none))
        work = Engagement.objects.filter(pk__in=[agreed, half, none])
        assert AgreementVersion.objects.filter(engagement__in=work).count() == 3
        found = {one.pk: agreement_of(one) for one in work}
        version = found[agreed].in_force
        assert version is not None
        assert (version.number, version.goal, version.terms_of_reference) == (1, "Goal of Agreed", "Context of Agreed")
        assert (version.languages, version.hours_planned, version.written_by_id) == (["fr"], 12, self.old.host.pk)
        accepted = {one.side: (one.accepted_by_id, one.accepted_at) for one in version.acceptances.all()}
        assert accepted == {
            "expert": (self.old.expert.pk, THEN),
            "institution": (self.old.colleague.pk, THEN + timedelta(days=1)),
        }
        assert (found[half].waits_for("expert"), found[half].waits_for("institution")) == (False, True)
        assert (found[none].waits_for("expert"), found[none].waits_for("institution")) == (True, True)
        with pytest.raises(IntegrityError), transaction.atomic():
            AgreementVersion.objects.update(goal="Another")
        assert {one.paused_until for one in work} == {None}


class SessionsAcross:
    """Agreed sessions that lie across each other, from when nothing forbade it."""

    def __init__(self, apps: Apps) -> None:
        self.old = old = Old(apps, "across.example")
        agreed = {"state": "active", "expert_agreed_at": THEN, "institution_agreed_at": THEN}
        one, other = (old.engagement(title, **agreed) for title in ("One", "Other"))
        self.alone = old.meeting(one, THEN)
        self.across = [
            old.meeting(one, THEN + timedelta(days=1)),
            old.meeting(other, THEN + timedelta(days=1, minutes=30)),
        ]
        self.by_host = old.meeting(
            other,
            THEN + timedelta(days=2),
            proposed_by=old.colleague,
            proposed_side="institution",
            agreed_by=old.expert,
        )

    def check_that_they_stay_and_new_ones_cannot_come(self) -> None:
        old, by_host = self.old, self.by_host.pk
        there = {row.pk: (row.expert_there_id, row.host_there_id) for row in Meeting.objects.all()}
        assert there[self.alone.pk] == (old.expert.pk, old.host.pk)
        assert [there[row.pk] for row in self.across] == [(None, None)] * 2
        assert there[by_host] == (old.expert.pk, old.colleague.pk)
        assert set(Meeting.objects.values_list("state", flat=True)) == {"confirmed"}
        with pytest.raises(IntegrityError, match="meeting_expert_once_at_a_time"), transaction.atomic():
            Meeting.objects.filter(pk=by_host).update(starts_at=THEN + timedelta(minutes=59))
        Meeting.objects.filter(pk=by_host).update(starts_at=THEN + timedelta(minutes=60))


def test_the_connection_leads_home_again(transactional_db: None) -> None:
    name = connection.settings_dict["NAME"]
    with scratch_database():
        assert connection.settings_dict["NAME"] != name
        assert not connection.introspection.table_names()
    assert connection.settings_dict["NAME"] == name
    assert "engagements_engagement" in connection.introspection.table_names()

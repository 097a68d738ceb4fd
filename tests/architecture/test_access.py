"""Every address × everybody: who gets what. An address that is not in the table fails the test.

Each line of ``access_table.txt`` holds a method, the name of the address, the thing it is asked for (a key of
``things``, or ``-``), and the status for: nobody, Dana (signed in, unrelated), Amina (the expert), Bereket (speaks for
the hospital), Chidi (coordinates its country). Forms are sent without what they ask for, so a form that may be sent
answers 422. Each request is rolled back, so the order of lines does not matter.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.models import Membership, User
from engagements.actions.bulk import ask_bulk
from engagements.actions.calendar_feeds import renew_feed
from engagements.actions.donor_reports import begin_report
from engagements.actions.goals import add_goal
from engagements.actions.groups import start_group
from engagements.actions.handover import add_kit_item
from engagements.actions.milestones import add_milestone
from engagements.actions.organisation_documents import add_document
from engagements.actions.participants import add_participant
from engagements.actions.pipeline_views import save_view
from engagements.actions.report_orders import make_due_files, order_archive
from engagements.actions.report_pictures import Upload, add_logo
from engagements.actions.reports import file_report
from engagements.actions.searches import save_search
from engagements.actions.shared_files import share_files
from engagements.payloads.answer_links import Claim, address_mark, person_key
from engagements.queries.calendar import feed_token
from engagements.queries.digests import digest_off_token
from engagements.queries.needs import NeedFilters
from engagements.queries.pipeline import PipelineFilters
from engagements.states.donor_reports import Readers
from mentors.actions.recognition import claim_recognition
from mentors.actions.skills import propose_skill
from messaging.actions.file_checks import check_files
from messaging.actions.files import Arrival
from messaging.models import Notification
from messaging.queries.emails import unsubscribe_token
from tests import world as story
from tests.core.uploads.corpus import picture
from tests.engagements.anticipation.story import anticipation_things
from tests.engagements.figures.sending import sending_things
from tests.engagements.imports.lists import import_things
from tests.engagements.programmes.story import programme_things
from tests.engagements.waves.story import wave_things
from tests.factories import make_expert, make_organisation, make_person, make_vocabulary
from tests.messaging.test_files import say, send
from tests.world import World

TABLE = Path(__file__).with_name("access_table.txt")
ACTORS = ("nobody", "dana", "amina", "bereket", "chidi")
# Addresses of libraries that only sign people in and out; allauth tests who may use them.
FOREIGN = ("account_", "mfa_", "usersessions_")


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def names_of(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"
        else:
            yield f"{namespace}?{pattern.pattern}"


@pytest.fixture
def things(world: World) -> dict[str, list[object]]:
    """Return what addresses are asked for: the hospital's things, and Amina's with it."""
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    clinic = make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka")
    other = make_expert(make_person("other@example.org", "Omar"), skills={"interpret-ecg": (2, 3)})
    draft = story.after_need_drafted(world, title="A draft")
    submitted = story.after_need_submitted(world, title="A need to check")
    open_need = story.after_need_published(world, title="An open need")
    proposal = story.after_proposal_sent(world, title="A need with an application")
    agreeing = story.after_proposal_accepted(world, title="To be agreed")
    session = story.after_session_logged(world, title="Under way")
    meeting = story.after_times_proposed(world, title="Times proposed")
    agreed = story.after_time_agreed(world, title="A time agreed")
    participant = add_participant(actor=world.bereket, engagement=session.engagement, name="Leïla", role="mentee")
    goal = add_goal(actor=world.amina, engagement=session.engagement, text="Read strips")
    milestone = add_milestone(actor=world.amina, engagement=session.engagement, text="Draft", due_on=date(2030, 1, 2))
    item = add_kit_item(actor=world.amina, engagement=session.engagement, title="Strips", text="Drawer 3")
    certificate = story.after_completion(world, title="Completed")
    suggestion = propose_skill(actor=world.amina, label="phonocardiography", language="en")
    known = make_vocabulary()["cardiology"]
    claim = claim_recognition(
        actor=world.amina,
        profile=world.profile,
        skill=world.profile.skill_items.all()[0].tag,
        status="assessed",
        recognised_by="Order of physicians",
        recognised_on=date(2020, 1, 2),
        document="Certificate 12",
    )
    notification = Notification.objects.filter(user=world.amina).order_by("pk")[0]
    membership = Membership.objects.get(user=world.bereket, organisation=world.hospital)
    search = save_search(actor=world.amina, name="Nurses", filters=NeedFilters(text="nurses"), alert="weekly")
    talk = session.engagement.conversation
    message = say(world.amina, talk, send(world.amina, talk, "photo.png", picture("PNG")))
    plan = Arrival("plan.txt", 3, [b"One"])
    (shared,) = share_files(actor=world.amina, engagement=session.engagement, arrivals=[plan])
    scan = Arrival("decree.png", len(picture("PNG")), [picture("PNG")])
    paper = add_document(actor=world.bereket, organisation=world.hospital, kind="registration", arrival=scan)
    check_files()
    stranger = make_person("stranger@example.org", "Somebody")
    block_person(actor=world.amina, person=stranger)
    group = start_group(actor=world.bereket, engagement=agreeing, title="A group")
    report = file_report(
        actor=world.amina,
        conversation=agreeing.conversation,
        about=world.bereket,
        reason="other",
        seqs=[],
        note="In my words.",
    )
    donors = begin_report(actor=world.chidi, title="First quarter", country="TN", programme=None)
    logo = add_logo(
        actor=world.chidi, report=donors, upload=Upload("logo.png", [picture("PNG")]), alt="Ministry of Health"
    )
    archive = order_archive(actor=world.chidi, report=donors, readers=Readers.COORDINATORS, language="en")
    make_due_files()
    return {
        "-": [],
        "donor-report": [donors.reference],
        "map-csv": ["csv"],
        **wave_things(world),
        "donor-report-picture": [donors.reference, logo.reference],
        "donor-report-csv": [donors.reference, "csv"],
        "donor-report-block": [donors.reference, donors.blocks[0]["id"]],
        "donor-report-down": [donors.reference, donors.blocks[0]["id"], "down"],
        "donor-report-svg": [donors.reference, "funnel", "svg"],
        "donor-report-undrawn": [donors.reference, "countries", "png"],
        "donor-archive": [archive.reference],
        **sending_things(world),
        **programme_things(world),
        **anticipation_things(world),
        **import_things(world),
        "hospital": [world.hospital.reference],
        "clinic": [clinic.reference],
        "country": ["TN"],
        "document": [paper.reference],
        "clinic-recommend": [clinic.reference, "recommend"],
        "view": [save_view(actor=world.chidi, name="V", audience="me", filters=PipelineFilters()).reference],
        "bulk": [ask_bulk(actor=world.chidi, act="remind", rows=[proposal], values={}).reference],
        "desk-item": [f"reply-{proposal.pk}"],
        "desk-check": [f"check-{submitted.pk}"],
        "move-work": ["work", proposal.reference],
        "move-need": ["needs", open_need.reference],
        "case-noun": ["work"],
        "case-hospital": ["organisations", world.hospital.reference],
        "case-amina": ["experts", world.profile.reference],
        "case-need": ["needs", open_need.reference],
        "case-work": ["work", proposal.reference],
        "membership": [world.hospital.reference, membership.pk],
        "step": ["identity"],
        "amina": [world.profile.reference],
        "need-draft": [draft.reference],
        "need-submitted": [submitted.reference],
        "need-submitted-publish": [submitted.reference, "publish"],
        "need-twins": [submitted.reference, open_need.reference],
        "need-open": [open_need.reference],
        "need-open-other": [open_need.reference, other.reference],
        "proposal": [proposal.reference],
        "engagement-agreeing": [agreeing.reference],
        "engagement": [session.engagement.reference],
        "engagement-end": [session.engagement.reference, "end"],
        "session": [session.reference],
        "answer": [answer_token(world.bereket, f"session:{session.reference}", "90")],
        "answer-forged": ["forged"],
        "goal": [goal.reference],
        "milestone": [milestone.reference],
        "kit-item": [item.reference],
        "shared": [shared.reference],
        "meeting": [meeting.reference],
        "feed": [feed_token(renew_feed(actor=world.amina))],
        "meeting-agreed": [agreed.reference],
        "certificate": [certificate.code],
        "message": [session.engagement.conversation_id, 1],
        "number": [0],
        "claim": [claim.reference],
        "participant": [participant.reference],
        "conversation": [session.engagement.conversation_id],
        "conversation-text": [talk.pk, "txt"],
        "conversation-pdf": [talk.pk, "pdf"],
        "conversation-file": [session.engagement.conversation_id, message.seq],
        "file": [message.files.get().pk],
        "notification": [notification.pk],
        "talk-person": [session.engagement.conversation_id, world.bereket.public_id],
        "group": [group.conversation_id],
        "group-person": [group.conversation_id, world.bereket.public_id],
        "blocked": [stranger.public_id],
        "report": [report.reference],
        "report-take": [report.reference, "take"],
        "report-act": [report.reference, "act"],
        "unsubscribe": [unsubscribe_token(world.amina, "news")],
        "unsubscribe-forged": ["forged"],
        "digest-stop": [digest_off_token(world.amina)],
        "search": [search.reference],
        "suggestion": [suggestion.slug],
        "suggestion-known": [suggestion.slug, known.pk],
    }


def answer_token(user: User, key: str, stamp: str) -> str:
    """Return what a link in an e-mail to ``user`` holds."""
    return Claim(person_key(user), "confirm", key, stamp, False, address_mark(user.email)).token()


def ask(client: Client, method: str, url: str) -> int:
    """Ask and roll back whatever it did."""
    answer: HttpResponse
    with transaction.atomic():
        answer = getattr(client, method.lower())(url, *([{"irrelevant": "1"}] if method == "POST" else []))
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_every_address_answers_everybody_as_the_table_says(
    world: World, things: dict[str, list[object]], as_person: Callable[..., Client]
) -> None:
    people = {"nobody": None, **world.people}
    clients = {actor: as_person(people[actor]) for actor in ACTORS}
    wrong = []
    for method, name, thing, *expected in rows():
        url = reverse(name, args=things[thing])
        got = [str(ask(clients[actor], method, url)) for actor in ACTORS]
        if got != expected:
            wrong.append(f"{method} {name} {thing} expected {' '.join(expected)} got {' '.join(got)}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_address_has_its_row() -> None:
    known = {row[1] for row in rows()}
    missing = [
        name for name in names_of(get_resolver().url_patterns) if name not in known and not name.startswith(FOREIGN)
    ]
    assert missing == []

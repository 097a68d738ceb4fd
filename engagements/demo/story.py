"""Play the demo network's story through the actions, each step on its day, and leave it as people would find it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from diaspora_net.accounts.queries.people import person_by_email
from engagements.actions.certificates import issue_certificate, reissue_certificate, revoke_certificate
from engagements.actions.interest import dismiss_need
from engagements.actions.pauses import flag_quiet_engagements
from engagements.actions.reminders import remind_waiting
from engagements.actions.reports import file_report
from engagements.demo.anticipation import look_ahead
from engagements.demo.asking import ask, put_to_rest
from engagements.demo.cast import (
    COORDINATOR,
    World,
    join_coordinators,
    join_expert,
    join_institution,
    update_statistics,
)
from engagements.demo.clock import Calendar, at
from engagements.demo.needs import REQUESTS
from engagements.demo.offers import OFFERS
from engagements.demo.organisations import INSTITUTIONS
from engagements.demo.people import EXPERTS
from engagements.demo.proposing import offer
from engagements.demo.reaching import reach_many
from engagements.demo.renewing import renew
from engagements.demo.running import run_programmes
from engagements.demo.schemes import NOMINATION, SCHEMES
from engagements.demo.shapes import Expert
from engagements.demo.work import WORKS
from engagements.demo.working import work
from mentors.actions.skills import load_vocabulary, refresh_skill_counts
from mentors.models import Skill
from messaging.models import Conversation, Message, Notification, Participant

# People in the story look in now and then: messages and news younger than this are still unread.
UNREAD_MESSAGES, UNREAD_NEWS = timedelta(hours=60), timedelta(days=4)
# These end because of something else that happens, so they must be there before it does.
ENDED_BY_OTHERS = frozenset({"superseded", "cancelled"})
# (need, expert, reason, days ago): suggestions that somebody has put aside.
DISMISSED = (("sahel-groupes", "amina", "not_my_field", 20), ("gabes-solar", "karim.jelassi", "no_time", 8))


def is_seeded() -> bool:
    """Say whether the demo network is there. Queries: 1."""
    return person_by_email(COORDINATOR) is not None


@transaction.atomic
def tell_story(*, people: int | None = None, say: Callable[[str], object] = print) -> World:
    """Make the whole demo network, all of it or nothing; ``say`` hears each step.

    ``people`` limits the experts to about so many; those whom the story needs are always there. Effects: those of
    every action played, except that nobody is written an e-mail about the past.
    """
    world = World(Calendar(timezone.now()))
    load_vocabulary()
    world.skills = {skill.slug: skill for skill in Skill.objects.all()}
    say("The vocabulary is loaded")
    join_coordinators(world)
    experts = chosen_experts(people)
    for expert in experts:
        join_expert(world, expert)
    refresh_skill_counts()
    update_statistics()
    say(f"{len(experts)} experts have joined")
    for institution in INSTITUTIONS:
        join_institution(world, institution)
    say(f"{len(INSTITUTIONS)} organisations have joined")
    for request in REQUESTS:
        ask(world, request)
    say(f"{len(REQUESTS)} needs are written")
    _play(world)
    say(f"{len(WORKS)} engagements and {len(OFFERS)} more proposals are under way or done")
    run_programmes(world)
    say(f"{len(SCHEMES)} programmes run, one of each type")
    look_ahead(world)
    reach_many(world)
    renew(world, forgetful=[world.organisations["volta"]])
    settle(world)
    say("The demo network is ready")
    return world


def chosen_experts(people: int | None) -> list[Expert]:
    """Return the experts to seed: those of the story, and others up to ``people`` in all; None means everybody."""
    if people is None:
        return list(EXPERTS)
    needed = {planned.expert for planned in (*WORKS, *OFFERS)} | {expert for _need, expert, _why, _days in DISMISSED}
    needed.add(NOMINATION[1])
    spare = max(0, people - len(needed))
    others = [expert.key for expert in EXPERTS if expert.key not in needed][:spare]
    return [expert for expert in EXPERTS if expert.key in needed.union(others)]


def _play(world: World) -> None:
    for planned in OFFERS:
        if planned.fate in ENDED_BY_OTHERS:
            offer(world, planned)
    for planned_work in WORKS:
        work(world, planned_work)
    for request in REQUESTS:
        put_to_rest(world, request)
    for planned in OFFERS:
        if planned.fate not in ENDED_BY_OTHERS:
            offer(world, planned)
    for need, expert, reason, days in DISMISSED:
        with at(world.calendar.ago(days)):
            dismiss_need(actor=world.people[expert], need=world.needs[need], reason=reason)
    _correct_certificate(world)
    _report(world)


def _correct_certificate(world: World) -> None:
    """Withdraw one certificate, issue it anew, and replace that one by a corrected one, as happens."""
    engagement = world.engagements["enugu-minigrid"]
    with at(world.calendar.ago(120, "09:00")):
        revoke_certificate(
            actor=world.coordinator,
            certificate=engagement.certificates.get(),
            reason="Two sessions were under discussion when it was issued.",
        )
    with at(world.calendar.ago(118, "09:00")):
        certificate = issue_certificate(actor=world.coordinator, engagement=engagement)
    with at(world.calendar.ago(110, "09:00")):
        reissue_certificate(
            actor=world.coordinator,
            certificate=certificate,
            reason="The cooperative has corrected its registered name.",
        )


def _report(world: World) -> None:
    """Let an expert ask a coordinator for help with something that was said outside the conversation."""
    engagement = world.engagements["tamale-leaks"]
    with at(world.calendar.ago(2, "18:30")):
        file_report(
            actor=world.people["kwabena.osei"],
            conversation=engagement.conversation,
            about=engagement.focal_point,
            reason="privacy",
            seqs=(),
            note="On the telephone I was asked for the address of my parents in Accra, for a gift. It is kindly meant, "
            "I think, but I would rather not give it. Could you say so for me?",
        )


@dataclass(frozen=True)
class Told:
    """What was there before a story was told, so that nothing of it is touched: the last ids."""

    notification: int = 0
    participant: int = 0

    @classmethod
    def so_far(cls) -> "Told":
        """Return what is there now. Queries: 2."""
        last = (model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Notification, Participant))
        return cls(*last)


def settle(world: World, told: Told | None = None) -> None:
    """Bring everything to today: reminders are out, old news and messages are read, no e-mail tells of the past.

    No action does these: in real life each happens to one person at a time, and e-mails have left when they were due.
    News and conversations that stood in ``told`` stay as they are.
    """
    before = told or Told()
    with at(world.calendar.ago(3)):
        remind_waiting()
        flag_quiet_engagements()
    remind_waiting()
    news = Notification.objects.filter(pk__gt=before.notification)
    news.update(email_due_at=None)
    news.filter(created_at__lt=world.calendar.now - UNREAD_NEWS).update(read_at=F("created_at") + timedelta(hours=5))
    old = world.calendar.now - UNREAD_MESSAGES
    seen = Message.objects.filter(
        Q(created_at__lt=old) | Q(sender=OuterRef("user")), conversation=OuterRef("conversation")
    )
    Participant.objects.filter(pk__gt=before.participant).update(
        read_seq=Coalesce(Subquery(seen.order_by("-seq").values("seq")[:1]), 0),
        emailed_seq=Subquery(Conversation.objects.filter(pk=OuterRef("conversation")).values("last_seq")),
    )

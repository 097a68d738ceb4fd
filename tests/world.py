"""The people every test knows and the phases of their story, built through the actions, so always legal."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.actions.verification import recommend_organisation, verify_organisation
from diaspora_net.accounts.models import Organisation, User
from engagements.actions import agreements
from engagements.actions import engagements as work
from engagements.actions.meetings import choose_time, propose_meeting
from engagements.actions.needs import Readiness, draft_need, publish_need, submit_need
from engagements.actions.outcomes import give_outcome
from engagements.actions.pauses import pause_engagement
from engagements.actions.proposals import accept_proposal, apply_for_need
from engagements.actions.sessions import confirm_session, log_session
from engagements.models import Certificate, Engagement, Meeting, Need, Proposal, Session
from mentors.models import ExpertProfile
from tests.factories import check_everything, make_expert, make_organisation, make_person, need_values


@dataclass
class World:
    """Who exists.

    Amina is an expert from Tunisia in Lyon, published. Bereket speaks for a verified Tunisian hospital. Chidi
    coordinates Tunisia. Dana is signed in and has nothing to do with any of them. Esi coordinates Rwanda, and decides
    about what Chidi recommends, since Tunisia has no other coordinator.
    """

    amina: User
    bereket: User
    chidi: User
    dana: User
    profile: ExpertProfile
    hospital: Organisation
    esi: User

    @property
    def people(self) -> dict[str, User]:
        """Return the cast by name."""
        return {"amina": self.amina, "bereket": self.bereket, "chidi": self.chidi, "dana": self.dana}


def make_world() -> World:
    """Create the cast."""
    amina = make_person("amina@example.org", "Amina Ben Salah", join_role="expert")
    bereket = make_person("bereket@example.org", "Bereket Alemu", join_role="organisation", time_zone="Africa/Tunis")
    chidi = make_person("chidi@example.org", "Chidi Okafor", join_role="coordinator")
    dana = make_person("dana@example.org", "Dana Weiss")
    grant_remit(actor=None, user=chidi, country="TN")
    esi = make_person("esi@example.org", "Esi Mensah", join_role="coordinator")
    grant_remit(actor=None, user=esi, country="RW")
    hospital = verified_by(chidi, esi, make_organisation(bereket))
    profile = make_expert(
        amina,
        skills={"interpret-ecg": (4, 12), "cardiology": (4, 12), "training-nurses": (3, 5), "negotiation": (2, 5)},
    )
    return World(amina, bereket, chidi, dana, profile, hospital, esi)


def verified_by(first: User, second: User, organisation: Organisation) -> Organisation:
    """Let two coordinators verify an organisation."""
    reason = "Called back on the number of the ministry's register."
    check_everything(first, organisation)
    recommend_organisation(actor=first, organisation=organisation, reason=reason)
    return verify_organisation(actor=second, organisation=organisation, reason=reason)


def after_verification(world: World, organisation: Organisation) -> Organisation:
    """Chidi has recommended the organisation, and Esi has decided."""
    return verified_by(world.chidi, world.esi, organisation)


def after_need_drafted(world: World, **changes: object) -> Need:
    """Bereket has written a need and kept it as a draft."""
    return draft_need(actor=world.bereket, organisation=world.hospital, values=need_values(world.bereket, **changes))


def after_need_submitted(world: World, **changes: object) -> Need:
    """Bereket has sent the need for checking."""
    return submit_need(actor=world.bereket, need=after_need_drafted(world, **changes))


def after_need_published(world: World, **changes: object) -> Need:
    """Chidi has opened the need."""
    return publish_need(
        actor=world.chidi, need=after_need_submitted(world, **changes), checklist=Readiness(True, True, True, True)
    )


def after_proposal_sent(world: World, **changes: object) -> Proposal:
    """Amina has applied."""
    need = after_need_published(world, **changes)
    return apply_for_need(actor=world.amina, need=need, message="I have trained nurses for twelve years.")


def after_proposal_accepted(world: World, **changes: object) -> Engagement:
    """Bereket has accepted; the terms are still to be agreed."""
    return accept_proposal(actor=world.bereket, proposal=after_proposal_sent(world, **changes))


def after_engagement_started(world: World, **changes: object) -> Engagement:
    """Both have agreed and the work is under way."""
    engagement = after_proposal_accepted(world, **changes)
    engagement = agreements.agree_engagement(actor=world.amina, engagement=engagement)
    engagement = agreements.agree_engagement(actor=world.bereket, engagement=engagement)
    return work.start_engagement(actor=world.amina, engagement=engagement)


def after_pause(world: World, engagement: Engagement) -> Engagement:
    """Amina lets the work rest for three weeks."""
    until = timezone.localdate() + timedelta(days=21)
    return pause_engagement(actor=world.amina, engagement=engagement, until=until, reason="absence")


def after_times_proposed(world: World, **changes: object) -> Meeting:
    """Amina has proposed two times for an hour, a day and two days from now; two days later for each one before."""
    engagement = after_engagement_started(world, **changes)
    days = 1 + 2 * Meeting.objects.count()
    soon = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    times = [soon, soon + timedelta(days=1)]
    return propose_meeting(
        actor=world.amina, engagement=engagement, times=times, minutes=60, place="https://meet.example.org/ecg"
    )


def after_time_agreed(world: World, **changes: object) -> Meeting:
    """Bereket has chosen the first of the times."""
    meeting = after_times_proposed(world, **changes)
    return choose_time(actor=world.bereket, meeting=meeting, starts_at=meeting.times.all()[0].starts_at)


def after_session_logged(world: World, **changes: object) -> Session:
    """Amina has logged an hour and a half; Bereket has not confirmed it yet."""
    engagement = after_engagement_started(world, **changes)
    today = timezone.localdate()
    return log_session(actor=world.amina, engagement=engagement, held_on=today, minutes=90, kind="training")


def after_completion(world: World, **changes: object) -> Certificate:
    """The hours are confirmed, both sides have said what came of it, and the certificate is issued."""
    session = after_session_logged(world, **changes)
    confirm_session(actor=world.bereket, session=session)
    engagement = work.wrap_up_engagement(actor=world.amina, engagement=session.engagement)
    for person in (world.amina, world.bereket):
        give_outcome(
            actor=person,
            engagement=engagement,
            result="achieved",
            effects=["knowledge"],
            text="Six nurses read them now.",
        )
    certificate = work.complete_engagement(actor=world.bereket, engagement=engagement)
    assert certificate is not None
    return certificate

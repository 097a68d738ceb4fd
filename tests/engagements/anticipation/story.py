"""What is seen coming, for the tests that ask every address and for those of rounds."""

from datetime import timedelta

from django.utils import timezone

from engagements.actions.broadcasts import BroadcastValues, send_broadcast, write_broadcast
from engagements.actions.foreseen import ForeseenValues, note_foreseen
from engagements.actions.gap_invitations import ask_interest
from engagements.actions.pipeline_views import save_view
from engagements.actions.round_sweep import ask_skills_rounds
from engagements.actions.skills_rounds import open_round
from engagements.models import ForeseenNeed, InterestAsk, SkillsAnswer, SkillsRound
from engagements.payloads.quarters import first_of_quarter
from engagements.queries.pipeline import PipelineFilters
from tests.factories import make_vocabulary
from tests.world import World


def anticipation_things(world: World) -> dict[str, list[object]]:
    """Return what addresses are asked for: what is foreseen, a round, a gap, a question to Amina."""
    skill = make_vocabulary()["cardiology"]
    [ask] = ask_interest(actor=world.chidi, skill=skill, country="TN", experts=[world.profile])
    InterestAsk.objects.update(state="asked", asked_at=timezone.now())
    return {
        "foreseen": [foreseen_noted(world).reference],
        "round": [round_opened(world).reference],
        "gap": [skill.pk],
        "interest": [ask.reference],
        **broadcast_things(world),
    }


def broadcast_things(world: World) -> dict[str, list[object]]:
    """Return a draft of Chidi to a view, one on its way, and one that Amina was told of."""
    view = save_view(actor=world.chidi, name="To write to", audience="me", filters=PipelineFilters())
    values = BroadcastValues(readership="experts", fallback="en", texts={"en": ("Hello", "Dear {name}")})
    draft, going, read = (write_broadcast(actor=world.chidi, view=view, values=values) for _number in range(3))
    for broadcast in (going, read):
        send_broadcast(actor=world.chidi, broadcast=broadcast)
    month_ago = timezone.now() - timedelta(days=30)
    read.readers.filter(user=world.amina).update(state="told", told_at=month_ago)
    return {"broadcast-draft": [draft.reference], "broadcast": [going.reference], "broadcast-read": [read.reference]}


def foreseen_noted(world: World) -> ForeseenNeed:
    """Bereket has noted that his hospital will need a cardiologist in the next quarter."""
    values = ForeseenValues(
        organisation=world.hospital,
        country="TN",
        skill=str(make_vocabulary()["cardiology"].pk),
        starts_on=first_of_quarter(timezone.localdate(), back=-1),
    )
    return note_foreseen(actor=world.bereket, values=values, language="en")


def round_opened(world: World) -> SkillsRound:
    """Chidi has opened a round for Tunisia, and its institutions are asked."""
    opened = open_round(actor=world.chidi, country="TN", closes_on=timezone.localdate() + timedelta(days=28))
    ask_skills_rounds()
    it_is_morning(opened)
    ask_skills_rounds()
    return opened


def it_is_morning(opened: SkillsRound) -> None:
    """Let those who are asked in the morning be asked now."""
    waiting = SkillsAnswer.objects.filter(round=opened, ask_at__gt=timezone.now(), asked_count=0)
    waiting.update(ask_at=timezone.now() - timedelta(minutes=1))

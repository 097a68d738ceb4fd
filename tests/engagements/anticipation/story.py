"""What is seen coming, for the tests that ask every address."""

from django.utils import timezone

from engagements.actions.foreseen import ForeseenValues, note_foreseen
from engagements.payloads.quarters import first_of_quarter
from tests.factories import make_vocabulary
from tests.world import World


def anticipation_things(world: World) -> dict[str, list[object]]:
    """Return what addresses are asked for: what the hospital foresees."""
    values = ForeseenValues(
        organisation=world.hospital,
        country="TN",
        skill=str(make_vocabulary()["cardiology"].pk),
        starts_on=first_of_quarter(timezone.localdate(), back=-1),
    )
    foreseen = note_foreseen(actor=world.bereket, values=values, language="en")
    return {"foreseen": [foreseen.reference]}

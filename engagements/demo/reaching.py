"""How the coordinators of the story reach many at once: two surveys of a diaspora, and a message to a view."""

from datetime import datetime
from uuid import UUID

from engagements.actions.broadcast_sweep import send_due_broadcasts
from engagements.actions.broadcasts import BroadcastValues, send_broadcast, write_broadcast
from engagements.actions.pipeline_views import save_view
from engagements.actions.wave_answers import Given, give_answers
from engagements.actions.waves import WaveValues, close_wave, draft_wave, open_wave, show_wave
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.models import MappingWave
from engagements.queries.pipeline import PipelineFilters

COUNTRY = "GH"
PURPOSE = "To plan next year's programmes around what Ghanaians abroad can and want to do."
LEGAL_BASIS = "The diaspora office is responsible. It asks because you agree to it, and you may take it back."
CONSENT = "I agree that the diaspora office counts my answers together with those of others."
QUESTIONS = ("residence", "years_abroad", "family", "education", "willing", "hours", "barriers")
OWN = ("Which region is your family from?", ("Ashanti", "Greater Accra", "Northern", "Volta", "Another one"))
# How many answered the same: (people, country, their field, what they would do, hours, what stands in the way).
FIRST = (
    (17, "GB", "health", ("mentoring", "training"), "3_5", ("time",)),
    (13, "US", "ict", ("mentoring", "advisory"), "1_2", ("contact", "time")),
    (11, "DE", "engineering", ("training", "short_assignment"), "6_10", ("money",)),
    (6, "NL", "agriculture", ("advisory", "invest"), "3_5", ("contact",)),
    (3, "IT", "trades", ("return", "training"), "11_up", ("recognition", "papers")),
    (1, "QA", "energy", ("invest",), "1_2", ("none",)),
)
SECOND = (
    (9, "GB", "education", ("mentoring", "joint_research"), "3_5", ("time",)),
    (5, "CA", "health", ("training",), "1_2", ("contact",)),
)
SUBJECTS = {"en": "Say what holds you up, {name}", "fr": "Dites ce qui vous retient, {name}"}
BODIES = {
    "en": "Dear {name},\n\nthank you for “{need}”. If the agreement, travel or time is what holds you up, answer in "
    "its conversation; invite me there and I read along.\n\nEsi Mensah",
    "fr": "Bonjour {name},\n\nmerci pour « {need} ». Si c'est l'accord, le voyage ou le temps qui vous retient, "
    "dites-le dans la conversation ; invitez-moi et j'y lirai.\n\nEsi Mensah",
}


def reach_many(world: World) -> None:
    """Survey a diaspora, show what the first survey found, and write to the experts of a view, each on its day."""
    first = _survey(world, "Ghanaians abroad: who we are", opens=84, closes=45)
    _answer(first, FIRST, world.calendar.ago(60, "18:00"))
    with at(world.calendar.ago(45, "16:00")):
        close_wave(actor=world.coordinator, wave=first)
    with at(world.calendar.ago(41, "10:00")):
        show_wave(actor=world.coordinator, wave=first, is_shown=True)
    second = _survey(world, "Ghanaians abroad: what we can give next year", opens=6, closes=-22)
    _answer(second, SECOND, world.calendar.ago(4, "19:00"))
    _write_to_view(world)


def _survey(world: World, title: str, *, opens: int, closes: int) -> MappingWave:
    """Prepare a survey two days before it opens, for whoever has its link."""
    calendar = world.calendar
    values = WaveValues(
        title=title,
        purpose=PURPOSE,
        legal_basis=LEGAL_BASIS,
        consent=CONSENT,
        asks=["link"],
        questions=QUESTIONS,
        opens_on=calendar.ago(opens).date(),
        closes_on=calendar.ago(closes).date(),
        keep_until=calendar.ago(closes - 180).date(),
        own_questions=[OWN],
    )
    with at(calendar.ago(opens + 2, "11:00")):
        wave = draft_wave(actor=world.coordinator, country=COUNTRY, values=values)
    with at(calendar.ago(opens, "08:00")):
        return open_wave(actor=world.coordinator, wave=wave)


def _answer(
    wave: MappingWave, said: tuple[tuple[int, str, str, tuple[str, ...], str, tuple[str, ...]], ...], day: datetime
) -> None:
    with at(day):
        for group, (people, residence, family, willing, hours, barriers) in enumerate(said):
            for number in range(people):
                answers = {
                    "residence": [residence],
                    "family": [family],
                    "years_abroad": [("5_9", "10_19", "20_up")[number % 3]],
                    "education": [("vocational", "bachelor", "master")[(group + number) % 3]],
                    "willing": willing,
                    "hours": [hours],
                    "barriers": barriers,
                    "own_1": [str(number % len(OWN[1]))],
                }
                give_answers(
                    wave=wave,
                    given=Given(answers, ("results",)),
                    form_key=UUID(int=wave.pk * 10_000 + group * 100 + number),
                )


def _write_to_view(world: World) -> None:
    """Let the second coordinator write to the experts of everything that runs in Ghana."""
    actor = world.second_coordinator
    with at(world.calendar.ago(6, "08:30")):
        view = save_view(
            actor=actor, name="Ghana, everything", audience="team", filters=PipelineFilters(country=COUNTRY)
        )
        texts = {language: (subject, BODIES[language]) for language, subject in SUBJECTS.items()}
        values = BroadcastValues(readership="experts", fallback="en", texts=texts)
        message = write_broadcast(actor=actor, view=view, values=values)
        send_broadcast(actor=actor, broadcast=message)
    # Morning comes to every reader within a day.
    for hours in range(1, 25, 6):
        with at(world.calendar.ago(6 - hours / 24)):
            send_due_broadcasts()

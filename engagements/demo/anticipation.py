"""What the institutions of the story see coming: needs of the next quarters, and two rounds about missing skills."""

from datetime import timedelta

from engagements.actions.foreseen import ForeseenValues, note_foreseen
from engagements.actions.round_sweep import ask_skills_rounds
from engagements.actions.skills_rounds import Lack, close_round, give_skills_answer, open_round
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.models import SkillsAnswer, SkillsRound
from engagements.payloads.quarters import first_of_quarter

ROUND_COUNTRY = "TN"
# Days ago on which each round was opened; the first is over, the second is open.
ROUNDS = (200, 9)
LASTS = timedelta(days=28)
# (institution or a country's code, skill, quarters ahead, people, how sure, where, why)
FORESEEN = (
    (
        "jendouba",
        "cardiology",
        1,
        2,
        "certain",
        "",
        "One cardiologist retires in spring, the other works two days only.",
    ),
    ("jendouba", "echocardiography", 2, 3, "likely", "", "The ministry has promised a second ultrasound machine."),
    ("sahel", "cardiology", 2, 1, "possible", "Monastir", "We hope to open a second consulting day."),
    ("kef", "clinical-teaching", 1, 4, "certain", "", "The new curriculum starts with 60 students more."),
    ("TN", "medical-equipment-maintenance", 3, 6, "likely", "Nord-Ouest", "Four hospitals are equipped at once."),
)
# round → institution → (skill, people, from when on)
SAID: tuple[dict[str, tuple[tuple[str, int, str], ...]], ...] = (
    {
        "jendouba": (("cardiology", 1, "half"), ("interpret-ecg", 4, "now")),
        "sahel": (("cardiology", 1, "year"),),
    },
    {
        "jendouba": (("cardiology", 2, "now"), ("interpret-ecg", 2, "now"), ("telemedicine", 1, "year")),
        "kef": (("clinical-teaching", 4, "half"),),
    },
)


def look_ahead(world: World) -> None:
    """Let institutions note what they foresee, and answer in two rounds, each on its day."""
    with at(world.calendar.ago(20, "10:00")):
        for key, skill, quarters, people, certainty, region, reason in FORESEEN:
            organisation = world.organisations.get(key)
            values = ForeseenValues(
                organisation=organisation,
                country=organisation.country.code if organisation else key,
                skill=str(world.skills[skill].pk),
                starts_on=first_of_quarter(world.calendar.now.date(), back=-quarters),
                people=people,
                certainty=certainty,
                region=region,
                reason=reason,
            )
            actor = world.focal_points.get(key, world.coordinator)
            note_foreseen(actor=actor, values=values, language=actor.language)
    for days, said in zip(ROUNDS, SAID, strict=True):
        opened = _round(world, days)
        for hour, key in enumerate(said):
            with at(world.calendar.ago(days - 3, f"{10 + hour}:00")):
                _answer(
                    world,
                    opened,
                    key,
                    [Lack(str(world.skills[skill].pk), people, when) for skill, people, when in said[key]],
                )
        if days != ROUNDS[-1]:
            with at(world.calendar.ago(days - LASTS.days, "17:00")):
                close_round(actor=world.coordinator, opened=opened)


def _round(world: World, days: int) -> SkillsRound:
    """Open a round and let its institutions be asked."""
    opened_at = world.calendar.ago(days, "09:00")
    with at(opened_at):
        opened = open_round(actor=world.coordinator, country=ROUND_COUNTRY, closes_on=opened_at.date() + LASTS)
    for later in (0, 1, 2):
        with at(world.calendar.ago(days - later, "11:00")):
            ask_skills_rounds()
    return opened


def _answer(world: World, opened: SkillsRound, key: str, lacks: list[Lack]) -> None:
    person, organisation = world.focal_points[key], world.organisations[key]
    answer = SkillsAnswer.objects.get(round=opened, organisation=organisation)
    give_skills_answer(actor=person, answer=answer, lacks=lacks, language=person.language)

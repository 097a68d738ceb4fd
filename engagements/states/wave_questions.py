"""The bank of questions of mapping waves. Each has one data type and a closed list of answers, so no name gets in.

A question that was ever asked is never changed or taken away: waves are compared by its code and the codes of its
answers. Whoever words it anew adds a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engagements.states.programmes import AgeBand, Sex
from engagements.states.waves import DataType
from mentors.states import WorkingLanguage

Choices = Sequence[tuple[str, str | Promise]]
RESIDENCE, FAMILY = "residence", "family"


@dataclass(frozen=True)
class Question:
    """One question: a country (``choices`` is empty), one answer of a list, or ``is_several``."""

    code: str
    data_type: DataType
    label: str | Promise
    choices: Choices = ()
    is_several: bool = False


# The codes are those of the topmost concepts of the starter vocabulary, as far as there are such.
FAMILIES: Choices = (
    ("health", _("Health")),
    ("education", _("Education and research")),
    ("engineering", _("Engineering and construction")),
    ("ict", _("Information technology")),
    ("agriculture", _("Agriculture and food")),
    ("energy", _("Energy and water")),
    ("finance", _("Finance and business")),
    ("law", _("Law")),
    ("administration", _("Public administration")),
    ("trades", _("Trades and crafts")),
    ("culture", _("Culture, media and sport")),
    ("care", _("Care and household")),
    ("other", _("Something else")),
)

_ALL = (
    Question(RESIDENCE, DataType.PLACE, _("Which country do you live in?")),
    Question(
        "years_abroad",
        DataType.PLACE,
        _("How long have you lived there?"),
        (
            ("born", _("I was born there")),
            ("0_4", _("Less than 5 years")),
            ("5_9", _("5 to 9 years")),
            ("10_19", _("10 to 19 years")),
            ("20_up", _("20 years or more")),
        ),
    ),
    Question(
        "community",
        DataType.PLACE,
        _("How many adults from your country of origin do you know where you live?"),
        (("0", _("None")), ("1_9", "1–9"), ("10_49", "10–49"), ("50_199", "50–199"), ("200_up", _("200 or more"))),
    ),
    Question(
        "associations",
        DataType.ORGANISATIONS,
        _("Which associations of the diaspora do you belong to?"),
        (
            ("professional", _("Of a profession")),
            ("students", _("Of students or graduates")),
            ("town", _("Of a town or region")),
            ("women", _("Of women")),
            ("business", _("Of business people")),
            ("culture", _("For culture or sport")),
            ("other", _("Another one")),
            ("none", _("None")),
        ),
        is_several=True,
    ),
    Question(
        "association_size",
        DataType.ORGANISATIONS,
        _("How many members has the largest of them?"),
        (("1_19", _("Fewer than 20")), ("20_99", "20–99"), ("100_499", "100–499"), ("500_up", _("500 or more"))),
    ),
    Question(
        "initiative_fields",
        DataType.INITIATIVES,
        _("What have initiatives been about in which you took part for your country of origin?"),
        (
            ("health", _("Health")),
            ("education", _("Schools and training")),
            ("business", _("Business and jobs")),
            ("research", _("Research")),
            ("relief", _("Relief in a crisis")),
            ("environment", _("Environment and water")),
            ("culture", _("Culture")),
            ("none", _("I took part in none")),
        ),
        is_several=True,
    ),
    Question(
        "initiative_part",
        DataType.INITIATIVES,
        _("What was your part?"),
        (
            ("started", _("I started one")),
            ("worked", _("I gave time or knowledge")),
            ("money", _("I gave money or things")),
            ("none", _("None")),
        ),
    ),
    Question(FAMILY, DataType.SKILLS, _("Which field do you know most about?"), FAMILIES),
    Question(
        "education",
        DataType.SKILLS,
        _("What is the highest education you completed?"),
        (
            ("basic", _("Primary school or none")),
            ("secondary", _("Secondary school")),
            ("vocational", _("Vocational training")),
            ("bachelor", _("Bachelor’s degree")),
            ("master", _("Master’s degree or higher")),
        ),
    ),
    Question(
        "experience",
        DataType.SKILLS,
        _("How many years have you worked in your field?"),
        (
            ("0_1", _("Fewer than 2")),
            ("2_5", "2–5"),
            ("6_10", "6–10"),
            ("11_20", "11–20"),
            ("21_up", _("More than 20")),
        ),
    ),
    Question(
        "languages", DataType.SKILLS, _("Which languages can you work in?"), WorkingLanguage.choices, is_several=True
    ),
    Question("sex", DataType.SKILLS, _("Are you a woman or a man?"), Sex.choices),
    Question("age", DataType.SKILLS, _("How old are you?"), [one for one in AgeBand.choices if one[0] != "under_15"]),
    Question(
        "visits",
        DataType.TIES,
        _("How often do you visit your country of origin?"),
        (
            ("yearly", _("Every year")),
            ("some_years", _("Every few years")),
            ("seldom", _("Seldom")),
            ("never", _("Never")),
        ),
    ),
    Question(
        "willing",
        DataType.TIES,
        _("How would you like to contribute?"),
        (
            ("mentoring", _("Mentor somebody")),
            ("advisory", _("Advise an institution")),
            ("training", _("Train people")),
            ("short_assignment", _("Come for a short assignment")),
            ("joint_research", _("Do research together")),
            ("invest", _("Invest or trade")),
            ("return", _("Move back")),
            ("none", _("Not now")),
        ),
        is_several=True,
    ),
    Question(
        "hours",
        DataType.TIES,
        _("How many hours a month could you give?"),
        (("0", _("None")), ("1_2", "1–2"), ("3_5", "3–5"), ("6_10", "6–10"), ("11_up", _("More than 10"))),
    ),
    Question(
        "barriers",
        DataType.TIES,
        _("What stands in your way?"),
        (
            ("time", _("Time")),
            ("contact", _("I know nobody there")),
            ("recognition", _("My qualifications are not recognised")),
            ("papers", _("Visas or papers")),
            ("money", _("Money for travel")),
            ("language", _("Language")),
            ("trust", _("Lack of trust")),
            ("none", _("Nothing")),
        ),
        is_several=True,
    ),
)
BANK: dict[str, Question] = {question.code: question for question in _ALL}

"""The programmes of the demo: one of each type, with their cohorts, partners and the people they train.

Whom the partnership trains stands in the shares that IOM gives for its skills projects (asylum seekers, refugees and
displaced people 25 %, returnees 19 %, migrant workers 16 %, local community about 10 %); sex, age and region are ours.
"""

from engagements.demo.shapes import Scheme, Trainee

_NAMES = (
    "Amal", "Bilal", "Chaimae", "Driss", "Emmanuel", "Fatou", "Ghita", "Hassan", "Imane", "Jawad", "Khadija",
    "Lahcen", "Mariam", "Nabil", "Oumaima", "Pascal", "Qamar", "Rachida", "Soufiane", "Touria", "Usman", "Vanessa",
    "Widad", "Yassine", "Zineb", "Aminata", "Badr", "Clarisse", "Dounia", "Elhadj", "Farid", "Grace",
)  # fmt: skip
# 32 people: 8, 6, 5, 3 and 10 of them.
_TYPES = (
    *("refugee", "refugee", "asylum_seeker", "refugee", "refugee", "asylum_seeker", "refugee", "displaced"),
    *("returnee",) * 6,
    *("migrant_worker",) * 5,
    *("local_community",) * 3,
    *("prospective_migrant",) * 10,
)
_TRACKS = ("away", "home", "undecided", "away", "home", "home", "away", "returned")
_REGIONS = ("Oriental", "Oriental", "Fès-Meknès", "Oriental", "Rabat-Salé-Kénitra")


def _trainee(place: int) -> Trainee:
    sex = "woman" if place % 2 == 0 or place % 9 == 1 else "man"
    age = "15_24" if place % 3 == 0 else "50_up" if place % 11 == 5 else "25_49"
    types = (_TYPES[place], *(["women"] if sex == "woman" else []), *(["youth"] if age == "15_24" else []))
    track = _TRACKS[place % len(_TRACKS)]
    return Trainee(_NAMES[place], track, types, sex, age, _REGIONS[place % len(_REGIONS)])


SCHEMES = (
    Scheme(
        "hearts",
        "mentoring",
        "TN",
        "Hearts and hands: mentors for the hospitals of the north-west",
        "Doctors and nurses from Tunisia who work abroad mentor colleagues in three institutions, an hour every two "
        "weeks, for a year.",
        (("TN", "origin"),),
        begun=190,
        ends=175,
        component="training",
        focus="vocational",
        serves=("host_staff", "women"),
        targets=(("engagements_completed", 12), ("people_reached", 60), ("hours_confirmed", 200)),
        experts=("amina", "omar.ferchichi", "slim.bouazizi", "leila.baccouche", "anis.hammami", "nour.hamdi"),
        organisations=("jendouba", "kef", "sahel"),
        needs=("jendouba-hygiene", "jendouba-echo", "sahel-mentoring", "kef-cardio", "kef-simulation"),
    ),
    Scheme(
        "water",
        "roster",
        "GH",
        "Water and meters: a roster for utilities",
        "Engineers and data people from Ghana and its neighbours whom a utility can call for a week or for an "
        "afternoon.",
        (("GH", "origin"),),
        begun=160,
        ends=400,
        component="matching",
        focus="several",
        serves=("host_staff", "local_community"),
        joining="apply",
        targets=(("experts_active", 12), ("days_to_match", 14)),
        experts=("kwabena.osei", "yaw.boateng", "youssef.benkirane", "efua.sarpong"),
        waiting=("efua.sarpong",),
        organisations=("tamale",),
        needs=("tamale-leaks", "tamale-billing"),
    ),
    Scheme(
        "current",
        "partnership",
        "MA",
        "Current both ways: electricians for Oujda and Andalusia",
        "One curriculum, one examination, two labour markets: whoever passes works at home with a certificate that "
        "employers know, or goes to Andalusia with a contract.",
        (("MA", "origin"), ("ES", "destination")),
        begun=210,
        ends=520,
        component="recognition",
        focus="vocational",
        serves=("prospective_migrant", "refugee", "returnee", "migrant_worker", "local_community", "youth", "women"),
        targets=(("people_served", 80), ("recognition_steps", 30), ("engagements_completed", 10)),
        experts=("hamza.idrissi", "siham.ziani"),
        organisations=("oujda",),
        needs=("oujda-electricite",),
        partners=(
            ("Ministry of labour and skills", "ministry", "origin", "MA"),
            ("École des métiers du bâtiment d'Oujda", "training_provider", "origin", "MA"),
            ("Women's cooperative of the Oriental", "civil_society", "origin", "MA"),
            ("Labour department of the region", "ministry", "destination", "ES"),
            ("Association of electrical installers", "employer", "destination", "ES"),
            ("Office of IOM", "iom_office", "origin", "MA"),
        ),
        people=tuple(_trainee(place) for place in range(len(_NAMES))),
    ),
    Scheme(
        "harbour",
        "pathway",
        "KE",
        "Harbour: jobs at the port for refugees with a trade",
        "Refugees with a trade come to jobs at the port; a coordinator stands between them and the employer until both "
        "have said yes.",
        (("ET", "origin"), ("KE", "destination")),
        begun=120,
        ends=300,
        component="matching",
        focus="other",
        serves=("refugee", "asylum_seeker"),
        joining="apply",
        targets=(("needs_met", 6),),
        experts=("njeri.mutua", "meron.tadesse"),
        organisations=("mombasa",),
        needs=("mombasa-inspectors",),
    ),
)
# Who is nominated for a job of the pathway and has said yes: (need, expert, days since, days since the yes, words).
NOMINATION = (
    "mombasa-inspectors",
    "njeri.mutua",
    6,
    3,
    "You have checked lifting gear for nine years, and the college gives each inspector a mentor. May I bring you "
    "together? Until you both say yes the college reads what you can do, and no name.",
)
# About which programme the first report is, and what its coordinator wrote in it.
REPORTED = "hearts"
REPORT_TITLE = "Hearts and hands: the last three closed months"
REPORT_TEXT = (
    "Three institutions, and mentors who know them from the inside. What worked: fixed evenings, real cases, and a "
    "nurse on every ward who carries on.\n\nWhat was hard: two visits had to be put off, and hours are confirmed late "
    "where the focal point changes."
)

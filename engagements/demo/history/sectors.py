"""What the work of the history is about: fields with their skills, and the words of their needs in two languages."""

from dataclasses import dataclass

from engagements.states import SkillFocus
from mentors.states import EngagementKind


@dataclass(frozen=True)
class Words:
    """What a need of a field says; ``title`` and ``goal`` name the ``%(city)s``."""

    title: str
    context: str
    goal: str
    transfer: str


@dataclass(frozen=True)
class Sector:
    """One field. The first of ``skills`` is required of whoever works in it, the others help.

    ``job`` is what a job in it is called.
    """

    key: str
    focus: str
    kind: str
    headline: str
    skills: tuple[str, ...]
    job: str
    en: Words
    fr: Words

    def words(self, language: str) -> Words:
        """Return the words in French or else in English."""
        return self.fr if language == "fr" else self.en


SECTORS = (
    Sector(
        "wards",
        SkillFocus.VOCATIONAL,
        EngagementKind.TRAINING,
        "Infection control nurse",
        ("infection-prevention", "hand-hygiene-programme", "clinical-teaching"),
        "Ward assistant",
        Words(
            "Fewer infections on the wards of %(city)s",
            "Hands are washed when somebody looks. We want a routine that holds at three in the morning.",
            "Two wards of %(city)s count, discuss and improve their own figures every month.",
            "A nurse on each ward counts and coaches, and trains whoever is new.",
        ),
        Words(
            "Moins d'infections dans les services de %(city)s",
            "On se lave les mains quand quelqu'un regarde. Nous voulons une routine qui tient à trois heures du matin.",
            "Deux services de %(city)s comptent, discutent et améliorent leurs chiffres chaque mois.",
            "Une infirmière par service compte, accompagne et forme les nouveaux.",
        ),
    ),
    Sector(
        "solar",
        SkillFocus.VOCATIONAL,
        EngagementKind.TRAINING,
        "Solar installer and trainer",
        ("solar-installation", "electrical-testing", "workshop-training"),
        "Solar technician",
        Words(
            "A solar course with real panels in %(city)s",
            "The workshop has panels on the roof and a course from a book. Our trainers have never measured a fault.",
            "Four trainers of %(city)s teach installation and fault-finding on the college's own plant.",
            "Each exercise is written with a trainer, who gives it the month after.",
        ),
        Words(
            "Un cours solaire avec de vrais panneaux à %(city)s",
            "L'atelier a des panneaux sur le toit et un cours tiré d'un livre. Nos formateurs n'ont jamais mesuré une "
            "panne.",
            "Quatre formateurs de %(city)s enseignent la pose et le dépannage sur l'installation du centre.",
            "Chaque exercice est écrit avec un formateur, qui le donne le mois suivant.",
        ),
    ),
    Sector(
        "cold",
        SkillFocus.VOCATIONAL,
        EngagementKind.SHORT_ASSIGNMENT,
        "Refrigeration engineer",
        ("refrigeration-installation", "maintenance-planning", "refrigerant-handling"),
        "Refrigeration technician",
        Words(
            "Keep the cold room of %(city)s cold",
            "It stops every second week, and nobody writes down why. Vaccines and fish wait in the same street.",
            "The cold rooms of %(city)s run on a maintenance plan that two technicians keep.",
            "Two technicians do every repair with the expert, and keep the book alone afterwards.",
        ),
        Words(
            "Garder au froid la chambre froide de %(city)s",
            "Elle s'arrête une semaine sur deux et personne ne note pourquoi. Vaccins et poisson attendent dans la "
            "même rue.",
            "Les chambres froides de %(city)s suivent un plan de maintenance que deux techniciens tiennent.",
            "Deux techniciens font chaque réparation avec l'expert, puis tiennent seuls le cahier.",
        ),
    ),
    Sector(
        "metal",
        SkillFocus.VOCATIONAL,
        EngagementKind.TRAINING,
        "Welding instructor and examiner",
        ("welding", "trade-tests", "competency-based-assessment"),
        "Welder",
        Words(
            "A welding test that employers believe in %(city)s",
            "Our certificate says that somebody was here. Employers want to see a seam and a mark for it.",
            "%(city)s tests welders with a sheet that three employers have signed.",
            "Three instructors learn to examine, and examine each other's classes.",
        ),
        Words(
            "Une épreuve de soudure que les employeurs croient, à %(city)s",
            "Notre certificat dit que quelqu'un est venu. Les employeurs veulent voir un cordon et une note.",
            "%(city)s examine les soudeurs avec une grille que trois employeurs ont signée.",
            "Trois instructeurs apprennent à examiner et notent chacun la classe de l'autre.",
        ),
    ),
    Sector(
        "listening",
        SkillFocus.CULTURAL,
        EngagementKind.MENTORING,
        "Psychologist and group facilitator",
        ("psychosocial-support", "resilience", "community-education"),
        "Community worker",
        Words(
            "Groups that listen for those who came back to %(city)s",
            "People return with debts and stories nobody asks for. We have a room, tea, and two volunteers.",
            "Two volunteers of %(city)s lead a group alone, and know when to send somebody on.",
            "The volunteers lead from the third evening on, with an hour of talk afterwards.",
        ),
        Words(
            "Des groupes de parole pour ceux qui reviennent à %(city)s",
            "Ils reviennent avec des dettes et des histoires que personne ne demande. Nous avons une salle, du thé et "
            "deux bénévoles.",
            "Deux bénévoles de %(city)s animent seuls un groupe et savent quand orienter.",
            "Les bénévoles animent dès la troisième soirée, avec une heure d'échange après.",
        ),
    ),
    Sector(
        "arriving",
        SkillFocus.CULTURAL,
        EngagementKind.ORIENTATION,
        "Integration adviser",
        ("cross-cultural-communication", "navigating-communities", "career-guidance"),
        "Cultural mediator",
        Words(
            "Before you go: evenings for those who leave %(city)s",
            "They sign contracts they have not read, for towns they have not heard of. An evening in time would help.",
            "%(city)s offers an evening before departure that its own staff can lead.",
            "Two advisers lead the evening with the expert twice, and then alone.",
        ),
        Words(
            "Avant de partir: des soirées pour ceux qui quittent %(city)s",
            "Ils signent des contrats qu'ils n'ont pas lus, pour des villes inconnues. Une soirée à temps aiderait.",
            "%(city)s propose une soirée avant le départ que ses agents savent animer.",
            "Deux conseillers animent deux fois avec l'experte, puis seuls.",
        ),
    ),
    Sector(
        "firstjob",
        SkillFocus.SEVERAL,
        EngagementKind.MENTORING,
        "Business coach",
        ("business-planning", "negotiation", "career-guidance"),
        "Shop manager",
        Words(
            "From the workshop to the first customer in %(city)s",
            "They build well, sell badly and speak to nobody. We want trade, sums and courage in one course.",
            "Graduates of %(city)s have a price list, a first customer and somebody to call.",
            "Two trainers sit in on every hour and lead the next round.",
        ),
        Words(
            "De l'atelier au premier client à %(city)s",
            "Ils fabriquent bien, vendent mal et ne parlent à personne. Métier, calcul et courage dans un seul cours.",
            "Les diplômés de %(city)s ont un tarif, un premier client et quelqu'un à appeler.",
            "Deux formatrices assistent à chaque heure et mènent la promotion suivante.",
        ),
    ),
    Sector(
        "figures",
        SkillFocus.OTHER,
        EngagementKind.ADVISORY,
        "Labour market analyst",
        ("labour-market-policy", "survey-design", "data-analysis"),
        "Data clerk",
        Words(
            "Which skills will %(city)s lack in two years?",
            "Three offices count the same people in three ways. The school plans by what it has always done.",
            "%(city)s asks forty employers twice a year and publishes one page about it.",
            "Two statisticians write the questions, ask them, and keep the file.",
        ),
        Words(
            "Quelles compétences manqueront à %(city)s dans deux ans?",
            "Trois services comptent les mêmes gens de trois façons. L'école planifie selon ses habitudes.",
            "%(city)s interroge quarante employeurs deux fois par an et publie une page.",
            "Deux statisticiennes écrivent les questions, les posent et tiennent le fichier.",
        ),
    ),
)
OF_FOCUS = {focus: tuple(one for one in SECTORS if one.focus == focus) for focus in SkillFocus.values}

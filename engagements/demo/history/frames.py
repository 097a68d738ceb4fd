"""The four programmes of the history, and where their people and institutions come from."""

from dataclasses import dataclass

from engagements.states import ProgrammeComponent, ProgrammeKind, SkillFocus


@dataclass(frozen=True)
class Frame:
    """One programme. ``hosts`` are the countries of its institutions and experts, ``country`` runs it."""

    key: str
    kind: str
    country: str
    hosts: tuple[str, ...]
    destinations: tuple[str, ...]
    name: str
    summary: str
    component: str
    focus: str
    joining: str
    language: str
    partners: tuple[tuple[str, str, str, str], ...] = ()


FRAMES = (
    Frame(
        "mentors",
        ProgrammeKind.MENTORING,
        "TN",
        ("TN", "SN"),
        (),
        "Deux heures par mois: des mentors pour les équipes",
        "Des professionnels de la diaspora accompagnent des équipes en Tunisie et au Sénégal, deux heures par mois.",
        ProgrammeComponent.TRAINING,
        SkillFocus.VOCATIONAL,
        "open",
        "fr",
    ),
    Frame(
        "oncall",
        ProgrammeKind.ROSTER,
        "GH",
        ("GH", "NG"),
        (),
        "On call: a roster for towns and colleges",
        "Whoever knows a trade and comes from Ghana or Nigeria can be called, for an afternoon or for three weeks.",
        ProgrammeComponent.MATCHING,
        SkillFocus.SEVERAL,
        "apply",
        "en",
    ),
    Frame(
        "bothways",
        ProgrammeKind.PARTNERSHIP,
        "MA",
        ("MA",),
        ("ES", "IT"),
        "Former, certifier, choisir: un métier pour deux marchés",
        "Une formation et un examen que le Maroc, l'Espagne et l'Italie reconnaissent: on travaille ici, ou là-bas.",
        ProgrammeComponent.RECOGNITION,
        SkillFocus.VOCATIONAL,
        "apply",
        "fr",
        (
            ("Ministère du travail et de la formation", "ministry", "origin", "MA"),
            ("Institut des métiers de Fès", "training_provider", "origin", "MA"),
            ("Association des retours", "civil_society", "origin", "MA"),
            ("Servicio de empleo", "ministry", "destination", "ES"),
            ("Consorzio installatori", "employer", "destination", "IT"),
            ("Bureau de l'OIM", "iom_office", "origin", "MA"),
        ),
    ),
    Frame(
        "trades",
        ProgrammeKind.PATHWAY,
        "KE",
        ("KE", "ET"),
        (),
        "Trades that travel: jobs for refugees",
        "Refugees with a trade come to jobs in Kenya and Ethiopia; a coordinator stands between both until they agree.",
        ProgrammeComponent.MATCHING,
        SkillFocus.OTHER,
        "apply",
        "en",
    ),
)

CITIES: dict[str, tuple[str, ...]] = {
    "TN": ("Kairouan", "Gafsa", "Béja", "Tataouine"),
    "SN": ("Kaolack", "Louga", "Tambacounda", "Kolda"),
    "GH": ("Bolgatanga", "Sunyani", "Cape Coast", "Wa"),
    "NG": ("Jos", "Ilorin", "Calabar", "Yola"),
    "MA": ("Fès", "Béni Mellal", "Guelmim", "Nador", "Safi", "Khouribga", "Taza", "Errachidia"),
    "KE": ("Nakuru", "Lodwar", "Garissa", "Kisumu"),
    "ET": ("Jijiga", "Gambela", "Mekelle", "Dire Dawa"),
}
ZONES = {
    "TN": "Africa/Tunis",
    "SN": "Africa/Dakar",
    "GH": "Africa/Accra",
    "NG": "Africa/Lagos",
    "MA": "Africa/Casablanca",
    "KE": "Africa/Nairobi",
    "ET": "Africa/Addis_Ababa",
}
REGIONS = {
    "mentors": ("Kairouan", "Gafsa", "Kaolack", "Louga"),
    "oncall": ("Upper East", "Bono", "Plateau", "Kwara"),
    "bothways": ("Fès-Meknès", "Béni Mellal-Khénifra", "Oriental", "Guelmim-Oued Noun"),
    "trades": ("Turkana", "Garissa", "Nakuru", "Somali"),
}
INSTITUTIONS = {
    "fr": (
        ("Centre de formation professionnelle", "college"),
        ("Hôpital régional", "hospital"),
        ("Association d'entraide", "ngo"),
        ("Coopérative des artisans", "company"),
    ),
    "en": (
        ("Technical college", "college"),
        ("District hospital", "hospital"),
        ("Migrant resource centre", "resource_centre"),
        ("Cooperative of traders", "company"),
    ),
}
HOMES = (
    ("FR", "Lille", "Europe/Paris"),
    ("DE", "Cologne", "Europe/Berlin"),
    ("IT", "Turin", "Europe/Rome"),
    ("GB", "Leeds", "Europe/London"),
    ("CA", "Ottawa", "America/Toronto"),
    ("ES", "Murcia", "Europe/Madrid"),
    ("US", "Houston", "America/Chicago"),
    ("BE", "Ghent", "Europe/Brussels"),
)
GIVEN: dict[str, tuple[str, ...]] = {
    "north": ("Asma", "Bassem", "Chiraz", "Dhia", "Emna", "Fares", "Hanen", "Ilyes", "Kaouther", "Lotfi", "Sami"),
    "west": ("Adama", "Bintou", "Codou", "Demba", "Esinam", "Femi", "Gifty", "Ibou", "Kojo", "Lucky", "Wale"),
    "east": ("Abdi", "Biftu", "Chebet", "Daniel", "Eden", "Faiza", "Girma", "Hodan", "Kevin", "Liya", "Tariku"),
}  # fmt: skip
FAMILY: dict[str, tuple[str, ...]] = {
    "north": ("Ayadi", "Bouhlel", "Chebbi", "Dridi", "Fassi", "Guedira", "Jaziri", "Kettani", "Mabrouk", "Naciri"),
    "west": ("Agyeman", "Bello", "Danso", "Eze", "Faye", "Gueye", "Kone", "Ndour", "Ofori", "Sarr"),
    "east": ("Abera", "Barasa", "Desta", "Farah", "Jama", "Kiptum", "Lemma", "Mohamud", "Njoroge", "Wako"),
}
PEOPLE_OF = {"TN": "north", "MA": "north", "SN": "west", "GH": "west", "NG": "west", "KE": "east", "ET": "east"}

"""A synthetic network of any size, the same for a seed, written by COPY: what matching is measured on.

13,900 concepts in a tree of 10 areas, 80 domains, 640 groups and leaves; their popularity falls as 1 / (rank + 20).
An expert draws 55 % of twelve skills from one domain, 20 % from a second, the rest from anywhere. 54 countries of
origin, the first ones far larger, 12 % of experts from two; 90 % are published, 83 % of those have a free place. Each
concept has up to four others that it is used together with.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django_countries import countries

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.core import statements
from engagements.actions.terms import rewrite_open_terms
from engagements.models import Need, NeedLanguage, NeedSkill
from engagements.queries.match_statement import Scope, modality_mask
from mentors.actions.postings import WRITE_FACTS
from mentors.actions.skills import refresh_skill_counts
from mentors.models import Skill, SkillBroader, SkillRelation
from mentors.queries.candidates import numeric_country
from mentors.queries.facts import PARAMS
from mentors.recommender.skills import posting_weight
from mentors.recommender.types import Modality, Offered, Wish
from mentors.states import FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS
from tests.factories import stamp_verified

SEED = 20
FACTS_AT_ONCE = 10_000
AREAS, DOMAINS, GROUPS, SKILLS = 10, 80, 640, 13_900
COUNTRIES = [code for code in sorted(countries.countries) if numeric_country(code)][:54]
LANGUAGES = ("en", "fr", "ar", "es", "pt", "sw", "am", "wo")
MODALITIES = ("remote", "on_site", "short_return_visit", "hybrid")
KINDS = ("skill", "knowledge", "transferable", "occupation")


@dataclass
class Popular:
    """Draws from places in proportion to 1 / (rank + 20)."""

    places: Sequence[int]
    bounds: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Sum the weights once."""
        self.bounds = list(accumulate(1 / (place + 20) for place in self.places))

    def draw(self, chance: Random) -> int:
        """Return one place."""
        return self.places[bisect(self.bounds, chance.random() * self.bounds[-1])]


@dataclass
class Asked:
    """A need as every engine is asked it: skills with their weight, where from, which languages and ways of working."""

    need: Need
    scope: Scope
    weights: dict[int, int]
    languages: int
    modalities: int
    probe: int = 0
    wish: Wish | None = None


@dataclass
class Network:
    """The synthetic network: how concepts hang together, and the experts as they are written."""

    size: int
    skills: list[int] = field(default_factory=list)
    everywhere: Popular = field(init=False, repr=False)
    by_domain: list[Popular] = field(init=False)

    def __post_init__(self) -> None:
        """Shuffle which concepts are popular, so that every domain has some."""
        ranks = list(range(SKILLS))
        Random(SEED).shuffle(ranks)
        self.everywhere = Popular(ranks)
        leaves = [ranks[place::DOMAINS] for place in range(DOMAINS)]
        self.by_domain = [Popular(sorted(places)) for places in leaves]

    def some_skills(self, chance: Random, count: int) -> list[int]:
        """Draw the places of different concepts as a person's fields would have them."""
        first, second = chance.randrange(DOMAINS), chance.randrange(DOMAINS)
        found: dict[int, None] = {}
        while len(found) < count:
            share = chance.random()
            source = self.by_domain[first] if share < 0.55 else self.by_domain[second]
            found[(source if share < 0.75 else self.everywhere).draw(chance)] = None
        return list(found)

    def make_skills(self) -> None:
        """Write the concepts and their tree: the concept of the lowest ranks of each domain are its inner nodes."""
        made = Skill.objects.bulk_create(
            (Skill(name=f"skill {place}", slug=f"skill-{place}", kind=KINDS[place % 4]) for place in range(SKILLS)),
            batch_size=5000,
        )
        self.skills = [skill.pk for skill in made]
        links = []
        for domain in self.by_domain:
            nodes = domain.places
            for place, node in enumerate(nodes[1:], 1):
                parent = nodes[0] if place <= GROUPS // DOMAINS else nodes[1 + place % (GROUPS // DOMAINS)]
                links.append(SkillBroader(skill_id=self.skills[node], broader_id=self.skills[parent]))
        SkillBroader.objects.bulk_create(links, batch_size=5000)
        chance = Random(SEED + 3)
        relations = [
            SkillRelation(
                skill_id=self.skills[place], related_id=self.skills[other], kind="used_together", weight=weight
            )
            for domain in self.by_domain
            for place in domain.places
            for other, weight in zip(chance.sample(domain.places, 4), (55, 40, 30, 20), strict=True)
            if other != place
        ]
        SkillRelation.objects.bulk_create(relations, batch_size=5000)

    def read_skills(self) -> None:
        """Know the concepts of a network that was written before."""
        self.skills = list(Skill.objects.filter(slug__startswith="skill-").order_by("pk").values_list("pk", flat=True))

    def make_experts(self) -> None:
        """Write the experts table by table; every pass draws the same people anew, so memory stays small."""
        now = timezone.now()
        users = (
            (
                *(number, str(UUID(int=number)), "!", False, False, True, now, "expert", f"e{number}@example.org"),
                *(f"Expert {number}", "en", "UTC", "off", "off", False, 0),
            )
            for number in range(1, self.size + 1)
        )
        _copy(
            "accounts_user",
            "id,public_id,password,is_superuser,is_staff,is_active,joined_at,join_role,email,full_name,language,time_zone,"
            "news_emails,message_emails,shares_receipts,auth_epoch",
            users,
        )
        _copy(
            "mentors_expertprofile",
            "id,reference,user_id,state,audience,headline,about,residence,city,hours_per_month,capacity,"
            "open_engagements,modalities,kinds,created_at,published_at,refreshed_at",
            (
                (
                    *(one.id, f"x{one.id:011d}", one.id, one.state, "organisations", "Expert", "", "FR", "", 8, 3),
                    *(one.taken, list(one.modalities), ["advisory", "mentoring"], now, now, now),
                )
                for one in self.people()
            ),
        )
        origins = ((one.id, code, place) for one in self.people() for place, code in enumerate(one.origins))
        _copy("mentors_profileorigin", "profile_id,country,position", origins)
        languages = ((one.id, code, level) for one in self.people() for code, level in one.languages.items())
        _copy("mentors_profilelanguage", "profile_id,language,level", languages)
        skills = (
            (item.skill, one.id, item.level, item.years, "self_declared")
            for one in self.people()
            for item in one.skills
        )
        _copy("mentors_profileskill", "tag_id,content_object_id,level,years,recognition", skills)
        rows = (row for one in self.people() for row in one.postings())
        _copy("mentors_posting", "expert_id,skill_id,flags,origin,weight", rows)
        for start in range(1, self.size + 1, FACTS_AT_ONCE):
            statements.rows(WRITE_FACTS, {"experts": range(start, start + FACTS_AT_ONCE), **PARAMS})

    def people(self) -> "Iterator[Person]":
        """Draw all experts, the same ones each time."""
        chance = Random(SEED + 1)
        country = Popular(range(len(COUNTRIES)))
        for number in range(1, self.size + 1):
            first = country.draw(chance) if chance.random() < 0.5 else int(chance.expovariate(0.25)) % len(COUNTRIES)
            places = [first] if chance.random() > 0.12 else [first, (first + chance.randint(1, 53)) % 54]
            spoken = {LANGUAGES[first % 8], LANGUAGES[chance.randrange(8)]}
            skills = self.some_skills(chance, chance.randint(8, 16))
            yield Person(
                id=number,
                state="published" if chance.random() < 0.9 else "paused",
                taken=3 if chance.random() < 0.17 else chance.randint(0, 2),
                origins=[COUNTRIES[place] for place in places],
                languages={code: chance.randint(3, 6) for code in sorted(spoken)},
                modalities=chance.sample(MODALITIES, chance.randint(1, 2)),
                skills=[Offered(self.skills[s], chance.randint(1, 4), chance.randint(0, 20)) for s in skills],
            )

    def make_needs(self, count: int) -> list[Asked]:
        """Write the same needs at any size: six skills, half of them required; 82 % one origin, 10 % eight, 8 % any."""
        chance = Random(SEED + 2)
        owner = User.objects.create_user("focal@example.org", None, full_name="Focal point")
        houses = [_organisation(code, owner) for code in COUNTRIES]
        found = [self._need(number, chance, houses, owner) for number in range(count)]
        refresh_skill_counts()
        rewrite_open_terms()
        for asked in found:
            items = asked.need.skill_items.values_list("tag", flat=True)
            rows = asked.need.terms.filter(skill__in=list(items)).values_list("skill", "weight")
            asked.weights = dict(rows)
        return found

    def _need(self, number: int, chance: Random, houses: list[Organisation], owner: User) -> Asked:
        place = Popular(range(len(COUNTRIES))).draw(chance)
        need = Need.objects.create(
            organisation=houses[place],
            focal_point=owner,
            created_by=owner,
            title=f"Need {number}",
            state="published",
            published_at=timezone.now(),
            modality=chance.choice(MODALITIES),
            places=2,
        )
        for position, skill in enumerate(self.some_skills(chance, chance.randint(4, 8))):
            strength = "preferred" if position % 2 else "required"
            row = {"tag_id": self.skills[skill], "strength": strength, "position": position}
            NeedSkill.objects.create(content_object=need, **row)
        codes = sorted({LANGUAGES[place % 8], LANGUAGES[chance.randrange(8)]})
        for code in codes:
            NeedLanguage.objects.create(need=need, language=code, level=4)
        share = chance.random()
        region = COUNTRIES[place : place + 8] or COUNTRIES[:1]
        origins = region[:1] if share < 0.82 else region
        scope = Scope(None if share > 0.92 else tuple(numeric_country(code) for code in origins))
        mask = modality_mask(Modality(need.modality))
        return Asked(need, scope, {}, sum(LANGUAGE_BITS[code] for code in codes), mask)


@dataclass
class Person:
    """One expert as they are drawn."""

    id: int
    state: str
    taken: int
    origins: list[str]
    languages: dict[str, int]
    modalities: list[str]
    skills: list[Offered]

    @property
    def flags(self) -> int:
        """Return the bits of languages and ways of working."""
        return sum(LANGUAGE_BITS[code] for code in self.languages) + sum(
            MODALITY_BITS[code] for code in self.modalities
        )

    @property
    def is_matched(self) -> bool:
        """Say whether they may be matched now."""
        return self.state == "published" and self.taken < 3

    def postings(self) -> Iterator[tuple[int, ...]]:
        """Yield their rows as the product writes them."""
        if self.is_matched:
            for place, code in enumerate(self.origins):
                flags = self.flags | (0 if place else FIRST_ORIGIN_BIT)
                for item in self.skills:
                    yield self.id, item.skill, flags, numeric_country(code), posting_weight(item)


def _organisation(code: str, owner: User) -> Organisation:
    house = Organisation.objects.create(name=f"Hospital {code}", kind="hospital", country=code)
    stamp_verified([house])
    house.memberships.create(user=owner, role="owner")
    return house


def _copy(table: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    with connection.cursor() as cursor:
        if columns.startswith("id,"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")

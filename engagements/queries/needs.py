"""Read needs; ``visible_needs`` is the one place that says who may see which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, When
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from diaspora_net.accounts.models import Membership, Organisation, User
from diaspora_net.accounts.queries.organisations import visible_organisations
from diaspora_net.accounts.queries.people import pathway_countries, remit_countries, speaking_organisations
from diaspora_net.accounts.rules import coordinates, is_member
from diaspora_net.accounts.states import KEEPING_STATES, TRUSTED_STATES
from diaspora_net.core.references import first_or_404
from engagements.models import Dismissal, Need, NeedLanguage, NeedReview, NeedSkill, Proposal
from engagements.states import (
    ENDED_NEED_STATES,
    LIVE_PROPOSAL_STATES,
    OPEN_NEED_STATES,
    OPEN_PROPOSAL_STATES,
    NeedState,
    ProposalOrigin,
    SkillStrength,
)
from mentors.models import ExpertProfile, Skill
from mentors.queries.skills import search_skills, skill_labels
from mentors.states import ProfileState, SkillLevel, SkillStatus

# Fewer people than this could be guessed one by one, so their number is not shown.
LEAST_SHOWN = 10
NEWEST = 3
STRENGTH_ORDER = {strength: place for place, strength in enumerate(SkillStrength.values)}


def _public() -> Q:
    return Q(is_pathway=False) & _taking()


def _taking() -> Q:
    return Q(state__in=sorted(OPEN_NEED_STATES), organisation__state__in=sorted(KEEPING_STATES))


def visible_needs(viewer: Any, *, remit: Collection[str] | None = None) -> QuerySet[Need]:
    """Return what ``viewer`` may see: open needs for everybody; all of their own organisations; what they proposed
    for or got
    invited to; and in their remit's countries everything but drafts, pathways only for who mediates them. ``remit`` are
    these countries when they are known. Queries when built: 1 (0 for nobody, and with ``remit``).
    """
    needs = Need.objects.select_related("organisation")
    if not viewer.is_authenticated:
        return needs.filter(_public())
    countries = remit_countries(viewer) if remit is None else remit
    return needs.filter(
        _public()
        | Q(organisation__in=Membership.objects.filter(user=viewer, left_at__isnull=True).values("organisation"))
        | Q(pk__in=Proposal.objects.filter(expert__user=viewer).values("need"))
        | (Q(organisation__country__in=sorted(countries), is_pathway=False) & ~Q(state=NeedState.DRAFT))
        | (Q(organisation__country__in=pathway_countries(viewer), is_pathway=True) & ~Q(state=NeedState.DRAFT))
    )


def get_need(viewer: Any, reference: str) -> Need:
    """Return the need with its organisation when ``viewer`` may see it. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_needs(viewer).filter(reference=reference))


def get_need_to_write(viewer: User, reference: str) -> Need:
    """Return a need of an organisation one speaks for, with skills and languages.

    Raises Http404 otherwise. Queries: 3.
    """
    needs = Need.objects.filter(organisation__in=speaking_organisations(viewer)).select_related(
        "organisation", "focal_point"
    )
    return first_or_404(with_details(needs).filter(reference=reference))


def open_needs() -> QuerySet[Need]:
    """Return the needs that take proposals today: open, by an organisation that keeps its needs, with a free place, not
    past their date.
    """
    return needs_with_places().filter(is_pathway=False)


def needs_with_places() -> QuerySet[Need]:
    """Return the same with those that coordinators mediate."""
    is_current = Q(closes_on__isnull=True) | Q(closes_on__gte=timezone.localdate())
    has_place = Q(places_taken__lt=F("places"))
    return Need.objects.filter(_taking(), is_current, has_place).select_related("organisation")


def with_details(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Add what cards and pages show: wanted skills in order, required ones first, and languages.

    Queries: 2 more when read.
    """
    return needs.prefetch_related("languages", Prefetch("skill_items", queryset=wanted_skills()))


def wanted_skills() -> QuerySet[NeedSkill]:
    """Return wanted skills with their concepts in the order of slots: required, preferred, optional."""
    order = Case(*(When(strength=strength, then=place) for strength, place in STRENGTH_ORDER.items()))
    return NeedSkill.objects.select_related("tag").order_by(order, "position", "pk")


@dataclass(frozen=True)
class WantedSkill:
    """A wanted skill as a page shows it, named in the active language."""

    skill_id: int
    label: str
    strength: str
    level: int | None

    def get_strength_display(self) -> str:
        """Return the strength in words."""
        return str(SkillStrength(self.strength).label)

    def get_level_display(self) -> str:
        """Return the least level in words, empty when none is asked."""
        return str(SkillLevel(self.level).label) if self.level else ""


def skills_of(need: Need, labels: Mapping[int, str] | None = None) -> list[WantedSkill]:
    """Return the wanted skills of a need with their names, required ones first; ``labels`` are names already read.

    Queries: 2, 1 less when skills are loaded and 1 less with ``labels``.
    """
    items = list(need.skill_items.all())
    items.sort(key=lambda item: (STRENGTH_ORDER[item.strength], item.position, item.pk))
    labels = labels or skill_labels([item.tag_id for item in items], get_language() or "en")
    return [WantedSkill(item.tag_id, labels[item.tag_id], item.strength, item.level) for item in items]


def usable_concepts(ids: Iterable[int], need: Need | None) -> dict[str, Skill]:
    """Return by id in digits the concepts a need may ask for: accepted ones, and suggested ones it asks for already.

    Queries: 1.
    """
    allowed = Q(status=SkillStatus.ACCEPTED)
    if need is not None:
        allowed |= Q(status=SkillStatus.SUGGESTED, need_items__content_object=need)
    return {str(skill.pk): skill for skill in Skill.objects.filter(allowed, pk__in=set(ids)).distinct()}


def organisations_to_write_for(viewer: User) -> list[Organisation]:
    """Return the organisations the person speaks for, by name. Queries: 1."""
    return list(speaking_organisations(viewer))


def organisation_to_write_for(viewer: User, reference: str) -> Organisation | None:
    """Return the organisation a new need is for: the named one, or the only one the person speaks for; None to ask
    which.

    Raises Http404 for one they do not speak for. Queries: 1.
    """
    spoken_for = organisations_to_write_for(viewer)
    if reference:
        for organisation in spoken_for:
            if organisation.reference == reference:
                return organisation
        raise Http404
    return spoken_for[0] if len(spoken_for) == 1 else None


@dataclass(frozen=True)
class NeedFilters:
    """What somebody looks for among the open needs; empty means anything."""

    text: str = ""
    country: str = ""
    language: str = ""
    modality: str = ""


def browse_needs(filters: NeedFilters, *, language: str) -> QuerySet[Need]:
    """Return the open needs that fit ``filters``, urgent ones first, then newest, with what cards show.

    Words are looked up as concepts in any language and as whole words of title and context. ``language`` is the
    reader's.
    Queries when built: 0, or up to 5 for a text; when read: 3.
    """
    needs = open_needs()
    if filters.text:
        concepts = [hit.skill_id for hit in search_skills(filters.text, language=language)]
        words = SearchQuery(filters.text, config="simple", search_type="websearch")
        needs = needs.annotate(words=SearchVector("title", "context", config="simple")).filter(
            Q(words=words) | Q(pk__in=NeedSkill.objects.filter(tag__in=concepts).values("content_object"))
        )
    if filters.country:
        needs = needs.filter(organisation__country=filters.country)
    if filters.language:
        needs = needs.filter(Exists(NeedLanguage.objects.filter(need=OuterRef("pk"), language=filters.language)))
    if filters.modality:
        needs = needs.filter(modality=filters.modality)
    return with_details(needs).order_by("-is_urgent", "-published_at", "pk")


def labels_of_needs(needs: Iterable[Need]) -> dict[int, str]:
    """Return the names of all wanted skills of these needs in the active language; skills must be loaded.

    Queries: 1.
    """
    return skill_labels({item.tag_id for need in needs for item in need.skill_items.all()}, get_language() or "en")


def countries_with_needs() -> list[str]:
    """Return the countries (ISO 3166-1 alpha-2) where needs are open. Queries: 1."""
    rows = open_needs().order_by().values_list("organisation__country", flat=True).distinct()
    return sorted(str(code) for code in rows)


def get_need_page(viewer: Any, reference: str, *, remit: Collection[str] | None = None) -> Need:
    """Return a visible need with everything its page shows; ``remit`` as for ``visible_needs``.

    Raises Http404 otherwise. Queries: 4, 1 less with ``remit``.
    """
    needs = visible_needs(viewer, remit=remit).select_related("organisation", "focal_point")
    return first_or_404(with_details(needs).filter(reference=reference))


def reviews_of(need: Need) -> QuerySet[NeedReview]:
    """Return the coordinators' decisions about the need, newest first, with who decided. Queries: 1 when read."""
    return NeedReview.objects.filter(need=need).select_related("reviewed_by")


def needs_of_organisation(viewer: User, reference: str) -> tuple[Organisation, list[Need]]:
    """Return an organisation one belongs to or coordinates, and its needs as one may see them, unfinished ones first.

    Each need carries ``waiting``, the number of proposals without an answer. Raises Http404 otherwise. Queries: 4.
    """
    organisation = visible_organisations(viewer).filter(reference=reference).first()
    if organisation is None or not (is_member(viewer, organisation) or coordinates(viewer, organisation.country.code)):
        raise Http404
    is_hidden = Q(proposals__origin=ProposalOrigin.NOMINATION, proposals__expert_agreed_at__isnull=True)
    waiting = Count("proposals", filter=Q(proposals__state__in=sorted(OPEN_PROPOSAL_STATES)) & ~is_hidden)
    needs = visible_needs(viewer).filter(organisation=organisation).annotate(waiting=waiting)
    is_over = Q(state__in=sorted(ENDED_NEED_STATES))
    return organisation, list(needs.annotate(is_over=is_over).order_by("is_over", "-created_at", "pk"))


def live_proposal(need: Need, profile: ExpertProfile) -> Proposal | None:
    """Return the proposal that stands between this need and this expert, or None. Queries: 1."""
    return Proposal.objects.filter(need=need, expert=profile, state__in=sorted(LIVE_PROPOSAL_STATES)).first()


def hidden_needs(profile: ExpertProfile) -> list[Dismissal]:
    """Return what the expert does not want to see again, latest first, with need and organisation. Queries: 1."""
    rows = Dismissal.objects.filter(expert=profile).select_related("need__organisation")
    return list(rows.order_by("-dismissed_at", "pk"))


def hidden_need(profile: ExpertProfile, reference: str) -> Need | None:
    """Return the hidden need with this reference, to offer taking it back; None when it is not hidden. Queries: 1."""
    if "\0" in reference:  # PostgreSQL refuses even to look for one
        return None
    row = Dismissal.objects.filter(expert=profile, need__reference=reference).select_related("need").first()
    return row.need if row else None


def is_hidden(need: Need, profile: ExpertProfile) -> bool:
    """Say whether the expert has hidden the need. Queries: 1."""
    return Dismissal.objects.filter(need=need, expert=profile).exists()


def open_need_figures() -> dict[str, Any]:
    """Return the landing page's figures: open needs, verified organisations, published experts (None while few),
    newest needs.

    Queries: 4.
    """
    experts = ExpertProfile.objects.filter(state=ProfileState.PUBLISHED).count()
    return {
        "needs": open_needs().count(),
        "organisations": Organisation.objects.filter(state__in=sorted(TRUSTED_STATES)).count(),
        "experts": experts if experts >= LEAST_SHOWN else None,
        "newest": list(open_needs().order_by("-published_at", "pk")[:NEWEST]),
    }

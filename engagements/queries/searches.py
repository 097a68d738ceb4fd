"""Read saved searches, what each of them has not told of yet, and whether it may speak now."""

from django.db.models import F, QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Dismissal, Need, SavedSearch, SearchHit
from engagements.queries.interest import paused_until
from engagements.queries.needs import NeedFilters, browse_needs
from mentors.queries.profiles import own_profile
from mentors.states import ProfileState


def searches_of(user: User) -> list[SavedSearch]:
    """Return the person's saved searches by name. Queries: 1."""
    return list(SavedSearch.objects.filter(user=user).order_by("name", "pk"))


def get_search(user: User, reference: str) -> SavedSearch:
    """Return one of the person's own saved searches. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(SavedSearch.objects.filter(user=user, reference=reference))


def due_searches() -> QuerySet[SavedSearch]:
    """Return the searches at which the sweep should look now, the longest due first."""
    return SavedSearch.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


def filters_of(search: SavedSearch) -> NeedFilters:
    """Return what a saved search looks for."""
    return NeedFilters(
        text=search.text, country=search.country.code or "", language=search.language, modality=search.modality
    )


def untold_needs(search: SavedSearch) -> list[Need]:
    """Return the open needs that fit a search, opened since its alerts are on, and were not told yet, oldest first.

    What the person has hidden stays hidden. Queries: at most 8.
    """
    found = browse_needs(filters_of(search), language=search.user.language).filter(published_at__gt=search.alerts_since)
    mine = Dismissal.objects.filter(expert__user=search.user_id)
    found = found.exclude(pk__in=SearchHit.objects.filter(search=search).values("need"))
    found = found.exclude(pk__in=mine.values("need")).exclude(
        organisation__in=mine.filter(hides_organisation__isnull=False).values(organisation=F("hides_organisation"))
    )
    return list(found.order_by("published_at", "pk"))


def wants_news(user: User) -> bool:
    """Say whether the person may be told of needs now: active, with no paused or locked profile, in no pause of
    suggestions.

    Queries: at most 2.
    """
    if not user.is_active:
        return False
    profile = own_profile(user)
    if profile is None or profile.state == ProfileState.DRAFT:
        return True
    return profile.state == ProfileState.PUBLISHED and paused_until(profile) is None

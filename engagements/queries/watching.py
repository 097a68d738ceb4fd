"""Single things that a coordinator looks at from the desk."""

from django.db.models import Q

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import pathway_countries, remit_countries
from diaspora_net.core.references import first_or_404
from engagements.models import Need, Proposal
from engagements.states import NeedState


def get_proposal_to_watch(viewer: User, reference: str) -> Proposal:
    """Return an open proposal in the viewer's countries. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(
        Proposal.objects.filter(reference=reference, need__organisation__country__in=sorted(remit_countries(viewer)))
        .filter(need__is_pathway=False)
        .select_related("need__organisation", "expert__user", "engagement")
    )


def get_need_to_check(viewer: User, reference: str) -> Need:
    """Return a need of the viewer's countries with its organisation. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(
        Need.objects.filter(reference=reference, organisation__country__in=sorted(remit_countries(viewer)))
        .filter(Q(is_pathway=False) | Q(organisation__country__in=pathway_countries(viewer)))
        .exclude(state=NeedState.DRAFT)
        .select_related("organisation", "focal_point", "created_by")
    )

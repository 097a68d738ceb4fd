"""Read the views of the pipeline that coordinators keep; ``visible_views`` says who sees which."""

from dataclasses import fields
from urllib.parse import urlencode

from django.db.models import Exists, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Remit, User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.states import OrganisationState
from diaspora_net.core.references import first_or_404
from engagements.models import PipelineView, ViewAlert
from engagements.queries.pipeline import PipelineFilters, rows_of
from engagements.states.pipeline import NeedStep, PipelineOf
from engagements.states.pipeline_views import ViewAudience

KNOWN = frozenset(field.name for field in fields(PipelineFilters))


def visible_views(viewer: User) -> QuerySet[PipelineView]:
    """Return the views a coordinator sees: their own, their team's and those for all. None for everybody else.

    Queries: 1 when read.
    """
    remits = Remit.objects.filter(user=viewer, ended_at__isnull=True)
    team = Remit.objects.filter(country__in=remits.values("country"), ended_at__isnull=True).values("user")
    seen = Q(owner=viewer) | Q(audience=ViewAudience.ALL) | Q(audience=ViewAudience.TEAM, owner__in=team)
    return PipelineView.objects.filter(Exists(remits), seen).order_by("name", "pk")


def get_view(viewer: User, reference: str) -> PipelineView:
    """Return a view that the viewer sees. Raises Http404 otherwise. Queries: 1."""
    return first_or_404(visible_views(viewer).select_related("owner").filter(reference=reference))


def views_with_alerts(viewer: User) -> list[tuple[PipelineView, ViewAlert | None]]:
    """Return the views a coordinator sees, with their own alert on each. Http404 without a remit. Queries: 3."""
    if not remit_countries(viewer):
        raise Http404
    alerts = {alert.view_id: alert for alert in ViewAlert.objects.filter(user=viewer)}
    return [(view, alerts.get(view.pk)) for view in visible_views(viewer).select_related("owner")]


def filters_of(view: PipelineView) -> PipelineFilters:
    """Return what a view asks for; what is no filter any more is left out."""
    return PipelineFilters(**{name: value for name, value in view.filters.items() if name in KNOWN})


def address_of(filters: PipelineFilters, look: str) -> str:
    """Return the address that shows these filters."""
    asked = {name: "on" if value is True else value for name, value in filters.as_dict().items()}
    return f"{reverse('engagements:pipeline')}?{urlencode({**asked, 'as': look})}"


def ready_views() -> list[tuple[str, PipelineFilters]]:
    """Return the views that everybody has, with their names."""
    return [
        (_("All"), PipelineFilters()),
        (_("Mine"), PipelineFilters(owner="me")),
        (_("Over target"), PipelineFilters(late=True)),
        (_("At risk"), PipelineFilters(at_risk=True)),
        (_("Needs to check"), PipelineFilters(of=PipelineOf.NEEDS, step=NeedStep.IN_CHECK)),
        (_("Needs nobody answers"), PipelineFilters(of=PipelineOf.NEEDS, step=NeedStep.OPEN, late=True)),
        (
            _("Institutions to verify"),
            PipelineFilters(of=PipelineOf.ORGANISATIONS, step=OrganisationState.APPLIED),
        ),
    ]


def ids_in(view: PipelineView, viewer: User) -> list[int] | None:
    """Return the ids of the rows a person reads in a view, None when they read nothing any more. Queries: at most 6."""
    countries = remit_countries(viewer)
    if not countries or not viewer.is_active:
        return None
    return list(rows_of(viewer, countries, filters_of(view)).order_by("pk").values_list("pk", flat=True))


def due_alerts() -> QuerySet[ViewAlert]:
    """Return the alerts at which the sweep should look now, the longest due first."""
    return ViewAlert.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")

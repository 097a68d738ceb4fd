"""Read programmes; ``visible_programmes`` is the one place that says who may see which."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from diaspora_net.accounts.queries.people import remit_countries
from engagements.models import Programme
from engagements.states import ProgrammeKind, ProgrammeState


def visible_programmes(viewer: Any) -> QuerySet[Programme]:
    """Return what ``viewer`` may see: running programmes for everybody, but pathways; and all of their own remit.

    Queries when built: 1 (0 for nobody).
    """
    public = Q(state=ProgrammeState.RUNNING) & ~Q(kind=ProgrammeKind.PATHWAY)
    return Programme.objects.filter(public | Q(country__in=sorted(remit_countries(viewer))))


def programmes_of_remit(viewer: Any) -> QuerySet[Programme]:
    """Return the programmes that ``viewer`` runs, newest first. Queries when built: 1 (0 for nobody)."""
    return Programme.objects.filter(country__in=sorted(remit_countries(viewer)))


def get_programme(viewer: Any, reference: str) -> Programme:
    """Return the programme when ``viewer`` may see it. Raises Http404 otherwise. Queries: 2 (1 for nobody)."""
    programme = visible_programmes(viewer).filter(reference=reference).first()
    if programme is None:
        raise Http404
    return programme

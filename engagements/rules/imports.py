"""Who may bring files of rows, and take them back."""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from engagements.models import Import
from engagements.states.imports import KEPT_FOR, ImportState


def can_import(user: User, country: str) -> bool:
    """Say whether the person may bring rows of ``country``: its coordinators. Queries: 1."""
    return user.is_active and coordinates(user, country)


def can_take_back(run: Import) -> bool:
    """Say whether an import can still be taken back: it has been run, within thirty days. Queries: 0."""
    return run.state in {ImportState.DONE, ImportState.FAILED} and run.forgotten_at is None


__all__ = ["KEPT_FOR", "can_import", "can_take_back"]

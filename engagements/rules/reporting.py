"""Who may count, close and report on what: the coordinators of the country, and nobody else."""

from diaspora_net.accounts.models import Remit, User


def can_report_on(user: User, country: str) -> bool:
    """Say whether a person coordinates the country. Queries: 1."""
    return Remit.objects.filter(user=user, country=country, ended_at__isnull=True).exists()

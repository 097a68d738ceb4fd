"""Read who is parted from whom."""

from django.db.models import Q, QuerySet

from diaspora_net.accounts.models import Block, User


def own_blocks(viewer: User) -> QuerySet[Block]:
    """Return whom the viewer has blocked, the newest first, with the people; blocks by others are nobody's to see."""
    return Block.objects.filter(blocker=viewer).select_related("blocked").order_by("-blocked_at", "-pk")


def blocked_by(viewer: User) -> frozenset[int]:
    """Return the ids of whom the viewer has blocked. Queries: 1."""
    return frozenset(Block.objects.filter(blocker=viewer).values_list("blocked_id", flat=True))


def apart_from(viewer: User) -> frozenset[int]:
    """Return the ids of everybody parted from the viewer, whoever of the two has blocked the other. Queries: 1."""
    pairs = Block.objects.filter(Q(blocker=viewer) | Q(blocked=viewer)).values_list("blocker_id", "blocked_id")
    return frozenset(person for pair in pairs for person in pair) - {viewer.pk}


def are_apart(one: User, others: list[User]) -> bool:
    """Say whether a block stands between a person and any of others. Queries: 1."""
    ids = [other.pk for other in others]
    return Block.objects.filter(Q(blocker=one, blocked__in=ids) | Q(blocked=one, blocker__in=ids)).exists()

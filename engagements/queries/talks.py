"""Groups, reports and pauses: what conversations are about, and who may look after them."""

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from diaspora_net.accounts.models import Membership, User
from diaspora_net.accounts.queries.people import coordinators_of, remit_countries
from diaspora_net.core.references import first_or_404
from diaspora_net.core.written import Asked, among
from engagements.models import Engagement, Group, Need, Report
from messaging.models import Conversation, File, Message, Pause
from messaging.queries.messages import visible_messages
from messaging.states import MessageKind

REPORTABLE, TICKED = 50, 5


def need_of(conversation: Conversation) -> Need | None:
    """Return the need that a conversation is about, with its organisation. Queries: 1."""
    about = Q(proposals__conversation=conversation) | Q(engagements__groups__conversation=conversation)
    return Need.objects.filter(about).select_related("organisation").first()


def group_of(conversation: Conversation) -> Group | None:
    """Return the group that a conversation is, with its engagement. Queries: 1."""
    groups = Group.objects.select_related("engagement__need__organisation", "engagement__expert__user", "conversation")
    return groups.filter(conversation=conversation).first()


def groups_of(viewer: User, engagement: Engagement) -> list[Group]:
    """Return the groups around an engagement that the viewer is in, the oldest first. Queries: 1."""
    present = Q(conversation__participants__user=viewer, conversation__participants__left_at__isnull=True)
    return list(Group.objects.filter(present, engagement=engagement).select_related("conversation").order_by("pk"))


def groups_as_coordinator(person: User, country: str) -> list[Group]:
    """Return the groups of a country that somebody is in without belonging to either side. Queries: 1."""
    present = Group.objects.filter(
        conversation__participants__user=person,
        conversation__participants__left_at__isnull=True,
        engagement__need__organisation__country=country,
    )
    is_colleague = Membership.objects.filter(
        organisation=OuterRef("engagement__need__organisation"), user=person, left_at__isnull=True
    )
    own = Q(engagement__expert__user=person) | Exists(is_colleague)
    return list(present.exclude(own).select_related("engagement", "conversation").order_by("conversation"))


def colleagues_of(engagement: Engagement, *, besides: list[User]) -> list[User]:
    """Return the organisation's members who could be brought in, by name. Queries: 1."""
    members = User.objects.filter(
        memberships__organisation=engagement.need.organisation_id, memberships__left_at__isnull=True, is_active=True
    )
    return list(members.exclude(pk__in=[one.pk for one in besides]).distinct().order_by("full_name", "pk"))


def coordinators_for(engagement: Engagement, *, besides: list[User]) -> list[User]:
    """Return the country's coordinators who could be invited. Queries: 1."""
    country = engagement.need.organisation.country.code
    return list(coordinators_of(country).exclude(pk__in=[one.pk for one in besides]))


def talkers_ever(conversation: Conversation, viewer: User) -> list[User]:
    """Return everybody else who is or was in a conversation, by joining. Queries: 1."""
    places = conversation.participants.exclude(user=viewer).select_related("user").order_by("joined_at", "pk")
    return [place.user for place in places]


def reportable_messages(viewer: User, conversation: Conversation) -> list[Message]:
    """Return the newest messages that the viewer may report, with their files; at most REPORTABLE, oldest first.

    Queries: 2.
    """
    texts = visible_messages(viewer).filter(conversation=conversation, kind=MessageKind.TEXT, deleted_at__isnull=True)
    texts = texts.select_related("sender").prefetch_related(Prefetch("files", File.objects.order_by("position")))
    return list(reversed(texts.order_by("-seq")[:REPORTABLE]))


def visible_reports(viewer: User) -> QuerySet[Report]:
    """Return the reports of the viewer's countries but those that they or their own organisation are part of.

    Queries: 1 before it is read.
    """
    return reports_of(viewer, remit_countries(viewer))


def reports_of(viewer: User | Asked, countries: Collection[str] | Asked) -> QuerySet[Report]:
    """Do what ``visible_reports`` does for countries that are known already, or asked for."""
    own = Membership.objects.filter(user=viewer, left_at__isnull=True, organisation=OuterRef("need__organisation"))
    return (
        Report.objects.filter(among("need__organisation__country", countries), ~Exists(own))
        .exclude(reporter=viewer)
        .exclude(about=viewer)
        .select_related("need__organisation", "reporter", "about", "owner", "conversation")
    )


def get_report(viewer: User, reference: str) -> Report:
    """Return a report that the viewer may work on. Raises Http404 for everything else. Queries: 2."""
    return first_or_404(visible_reports(viewer).filter(reference=reference))


def get_talk_to_watch(viewer: User, id: uuid.UUID) -> Conversation:  # noqa: A002 - mirrors get_conversation
    """Return a conversation of the viewer's countries in which they take no part. Raises Http404 otherwise.

    Nothing of what it says is read. Queries: 2.
    """
    countries = sorted(remit_countries(viewer))
    own = Membership.objects.filter(user=viewer, left_at__isnull=True)
    needs = Need.objects.filter(organisation__country__in=countries).exclude(
        organisation__in=own.values("organisation")
    )
    about = Q(proposal__need__in=needs) | Q(group__engagement__need__in=needs)
    return first_or_404(Conversation.objects.filter(about, pk=id).exclude(participants__user=viewer))


def open_pause(conversation: Conversation) -> Pause | None:
    """Return the pause that rests on a conversation. Queries: 1."""
    return conversation.pauses.filter(lifted_at__isnull=True).select_related("paused_by").first()


def earlier_pauses(conversation: Conversation) -> list[Pause]:
    """Return the pauses that were lifted, the newest first, at most ten. Queries: 1."""
    lifted = conversation.pauses.filter(lifted_at__isnull=False).select_related("paused_by", "lifted_by")
    return list(lifted.order_by("-paused_at")[:10])

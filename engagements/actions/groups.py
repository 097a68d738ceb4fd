"""Group conversations around an engagement: start one, let people in and out."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions.announcements import talkers_of
from engagements.models import Engagement, Group
from engagements.queries.talks import colleagues_of, coordinators_for, groups_as_coordinator
from engagements.rules import talk as rules
from messaging.actions.conversations import add_participant, leave_conversation, open_conversation
from messaging.actions.messages import post_event
from messaging.actions.notifications import notify
from messaging.rules import can_read
from messaging.states import ConversationState

MAX_TITLE, MOST_PEOPLE = 120, 50


@transaction.atomic
def start_group(*, actor: User, engagement: Engagement, title: str, colleagues: Sequence[User] = ()) -> Group:
    """Open a group with both sides of an engagement and some colleagues; coordinators only come when invited.

    Raises NotAllowed unless ``actor`` is on a side of a running engagement and, for colleagues, on the institution's;
    Invalid for the title or somebody who does not belong to the organisation; Conflict when the two sides are parted.
    Effects: conversation, group, a line, audit entry, news to the others.
    """
    if not rules.can_start_group(actor, engagement) or (colleagues and not rules.can_bring_in(actor, engagement)):
        raise NotAllowed(_("Only the two sides of running work start a group, and bring in their own colleagues."))
    words = " ".join(title.split())
    if not words or len(words) > MAX_TITLE:
        problem = _("Give the group a title of up to %(limit)s characters.") % {"limit": MAX_TITLE}
        raise Invalid(problem, fields={"title": problem})
    sides = {person.pk: person for person in [actor, engagement.expert.user, *talkers_of(engagement.need)]}
    if are_apart(engagement.expert.user, list(sides.values())):
        raise Conflict(_("This cannot be done at present."))
    known = {one.pk for one in colleagues_of(engagement, besides=[])}
    if any(one.pk not in known for one in colleagues):
        raise Invalid(_("Choose people of the organisation."))
    people = list({**sides, **{one.pk: one for one in colleagues}}.values())
    page = reverse("engagements:engagement", args=[engagement.reference])
    conversation = open_conversation(
        participants=people, topic=words, state=ConversationState.OPEN, subject_url=page, is_group=True
    )
    group = Group.objects.create(engagement=engagement, conversation=conversation, created_by=actor)
    _say(group, gettext_noop("%(name)s has started this group."), actor)
    audit.record(actor=actor, verb="engagements.group.started", obj=group, people=sorted(one.pk for one in people))
    for person in people:
        _tell(actor, group, person)
    return group


@transaction.atomic
def bring_in(*, actor: User, group: Group, person: User) -> None:
    """Let a colleague or, by anybody in the group, a coordinator in; they read from now on. Twice changes nothing.

    Raises NotAllowed for others, Conflict when the group is full. Effects: place, a line, audit entry, news.
    """
    engagement, present = group.engagement, _present(group)
    if person.pk in {one.pk for one in present}:
        return
    is_coordinator = person in coordinators_for(engagement, besides=[])
    may = is_coordinator or (
        rules.can_bring_in(actor, engagement) and person in colleagues_of(engagement, besides=present)
    )
    if not may or not can_read(actor, group.conversation):
        raise NotAllowed(_("Only colleagues of the organisation are brought in, and coordinators invited."))
    if len(present) >= MOST_PEOPLE:
        raise Conflict(_("The group is full: it has %(most)s people.") % {"most": MOST_PEOPLE})
    add_participant(conversation=group.conversation, user=person)
    line = gettext_noop("%(name)s, a coordinator, was invited and reads from here on.")
    _say(group, line if is_coordinator else gettext_noop("%(name)s has joined and reads from here on."), person)
    audit.record(actor=actor, verb="engagements.group.joined", obj=group, person=person.pk)
    _tell(actor, group, person)


@transaction.atomic
def leave_group(*, actor: User, group: Group) -> None:
    """Go out of a group; nothing happens when one is not in it. Effects: place, a line, audit entry."""
    _leave(actor, group, actor, gettext_noop("%(name)s has left."))


@transaction.atomic
def remove_from_group(*, actor: User, group: Group, person: User) -> None:
    """Take somebody out of a group. Raises NotAllowed unless ``actor`` is on the institution's side; never the expert.

    Effects: place, a line, audit entry.
    """
    if not rules.can_remove(actor, group.engagement, person) or not can_read(actor, group.conversation):
        raise NotAllowed(_("Only who speaks for the organisation takes people out, and never the expert."))
    _leave(actor, group, person, gettext_noop("%(name)s was taken out of the group."))


def leave_as_coordinator(*, user_id: int, country: str) -> None:
    """Take a person whose charge over ``country`` has ended out of the groups there that they read as its coordinator.

    Who is also a colleague or the expert stays. Called through ``core.standing``, in the transaction of the act.
    """
    person = User.objects.get(pk=user_id)
    for group in groups_as_coordinator(person, country):
        _leave(person, group, person, gettext_noop("%(name)s no longer coordinates here and has left."))


def _leave(actor: User, group: Group, person: User, line: str) -> None:
    if person.pk not in {one.pk for one in _present(group)}:
        return
    leave_conversation(conversation=group.conversation, user=person)
    _say(group, line, person)
    audit.record(actor=actor, verb="engagements.group.left", obj=group, person=person.pk)


def _present(group: Group) -> list[User]:
    places = group.conversation.participants.filter(left_at__isnull=True).select_related("user")
    return [place.user for place in places]


def _say(group: Group, line: str, person: User) -> None:
    post_event(conversation=group.conversation, text=f"{line}\n{' '.join(str(person).split())}")


def _tell(actor: User, group: Group, person: User) -> None:
    if person.pk == actor.pk:
        return
    group.conversation.refresh_from_db()
    notify(
        user=person,
        verb="engagements.group.joined",
        text=gettext_noop("%(name)s has brought you into the group “%(title)s”."),
        params={"name": str(actor), "title": group.conversation.topic},
        url=reverse("messaging:conversation", args=[group.conversation_id]),
        event_key=f"group:{group.pk}:{group.conversation.last_seq}",
    )

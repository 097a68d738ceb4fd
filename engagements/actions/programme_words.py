"""Tell the people of a programme what happened to it, or to their part in it."""

from collections.abc import Iterable

from django.urls import reverse

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.organisations import speakers_of
from engagements.models import Member, Programme
from engagements.states import MemberState
from messaging.actions.notifications import notify


def people_behind(member: Member) -> list[User]:
    """Return the expert, or who speaks for the organisation. Queries: at most 2."""
    if member.expert is not None:
        return [member.expert.user]
    return list(speakers_of(member.organisation)) if member.organisation is not None else []


def tell_member(*, member: Member, verb: str, text: str, event_key: str) -> None:
    """Tell who is behind a membership. ``text`` may use ``%(programme)s``. Effects: news."""
    _tell(people_behind(member), member.programme, verb, text, event_key)


def tell_members(*, programme: Programme, verb: str, text: str, event_key: str) -> None:
    """Tell everybody who takes part, each once. ``text`` may use ``%(programme)s``. Effects: news."""
    members = Member.objects.filter(programme=programme, state=MemberState.MEMBER)
    people = {
        person.pk: person
        for member in members.select_related("expert__user", "organisation")
        for person in people_behind(member)
    }
    _tell(people.values(), programme, verb, text, event_key)


def _tell(people: Iterable[User], programme: Programme, verb: str, text: str, event_key: str) -> None:
    for person in people:
        notify(
            user=person,
            verb=verb,
            text=text,
            params={"programme": programme.name},
            url=reverse("engagements:programme", args=[programme.reference]),
            event_key=event_key,
        )

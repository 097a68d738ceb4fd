"""Find whom a link in a mail about a list speaks for."""

from engagements.models import ListedPerson
from engagements.payloads.listed import address_mark, read_token
from engagements.states.imports import ListedState


def listed_by_token(token: str) -> tuple[ListedPerson | None, bool]:
    """Return the person of a link, and whether the link is one of ours at all.

    The person is None when what the list said of them has been deleted. Queries: 1.
    """
    told = read_token(token)
    if told is None:
        return None, False
    reference, mark = told
    people = ListedPerson.objects.select_related("run__brought_by", "organisation")
    person = people.filter(reference=reference).first()
    is_theirs = person is None or person.state == ListedState.CONFIRMED or address_mark(person.email)[:12] == mark
    return (person, True) if is_theirs else (None, False)

"""Links that do nothing: broken, of others, for other things, over, answered; and nothing is written by any of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.accounts.models import Membership, User
from diaspora_net.core.models import AuditEntry
from engagements.actions.questions import ask_sender
from engagements.actions.sessions import correct_session
from engagements.models import Proposal, ProposalQuestion, Session
from engagements.payloads.answer_links import Claim, address_mark, person_key
from messaging.models import Notification
from messaging.queries.emails import unsubscribe_token
from tests import world as story
from tests.engagements.answers.letters import links, mail_to, sent
from tests.factories import make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def written() -> tuple[object, ...]:
    """Return everything an answer could have written."""
    return (
        list(Proposal.objects.values()),
        list(Session.objects.values()),
        ProposalQuestion.objects.count(),
        AuditEntry.objects.count(),
        Notification.objects.count(),
    )


def claim_for(user: User, proposal: Proposal, **changes: object) -> Claim:
    values: dict[str, object] = {
        "person": person_key(user),
        "purpose": "accept",
        "key": f"proposal:{proposal.reference}",
        "stamp": "0",
        "is_named": False,
        "address": address_mark(user.email),
    }
    return Claim(**{**values, **changes})  # type: ignore[arg-type]


def path_of(claim: Claim) -> str:
    return f"/answer/{claim.token()}/"


def test_made_up_claim_is_the_one_of_the_mail(world: World) -> None:
    """What the tests below twist is what mails hold, so that each of them fails for its own reason only."""
    proposal = story.after_proposal_sent(world)
    path = links(mail_to(world.bereket))["Accept"]
    read = Claim.read(path.split("/")[2])
    assert read == (claim_for(world.bereket, proposal), True)


Twist = Callable[[World, Proposal], str]


def bit_flipped(world: World, proposal: Proposal) -> str:
    path = path_of(claim_for(world.bereket, proposal))
    middle = len(path) // 3
    return path[:middle] + ("A" if path[middle] != "A" else "B") + path[middle + 1 :]


def cut_off(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.bereket, proposal))[:-9] + "/"


def unsigned(world: World, proposal: Proposal) -> str:
    return "/answer/accept/"


def signed_for_something_else(world: World, proposal: Proposal) -> str:
    return f"/answer/{unsubscribe_token(world.bereket, 'news')}/"


def signed_elsewhere(world: World, proposal: Proposal) -> str:
    claim = claim_for(world.bereket, proposal)
    values = [getattr(claim, name) for name in claim.__slots__]
    return f"/answer/{signing.dumps(values, key='another-key', salt='engagements.answers', compress=True)}/"


def of_nobody(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.bereket, proposal, person="nobody"))


def of_a_stranger(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.dana, proposal))


def of_nothing(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.bereket, proposal, key="proposal:000000000000"))


def of_no_noun(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.bereket, proposal, key="certificate:000000000000"))


def for_no_purpose(world: World, proposal: Proposal) -> str:
    return path_of(claim_for(world.bereket, proposal, purpose="delete"))


def to_a_former_address(world: World, proposal: Proposal) -> str:
    path = path_of(claim_for(world.bereket, proposal))
    User.objects.filter(pk=world.bereket.pk).update(email="bereket@example.net")
    return path


def of_who_is_suspended(world: World, proposal: Proposal) -> str:
    path = path_of(claim_for(world.bereket, proposal))
    suspend_person(actor=None, user=world.bereket, reason="For the test.")
    return path


def of_who_has_left(world: World, proposal: Proposal) -> str:
    Membership.objects.filter(user=world.bereket).update(left_at=timezone.now())
    return path_of(claim_for(world.bereket, proposal))


def of_who_is_parted(world: World, proposal: Proposal) -> str:
    block_person(actor=world.amina, person=world.bereket)
    return path_of(claim_for(world.bereket, proposal))


TWISTS = [
    bit_flipped,
    cut_off,
    unsigned,
    signed_for_something_else,
    signed_elsewhere,
    of_nobody,
    of_a_stranger,
    of_nothing,
    of_no_noun,
    for_no_purpose,
    to_a_former_address,
    of_who_is_suspended,
    of_who_has_left,
    of_who_is_parted,
]


@pytest.mark.parametrize("twist", TWISTS)
def test_dead_link_says_the_same_whatever_killed_it_and_writes_nothing(twist: Twist, world: World) -> None:
    proposal = story.after_proposal_sent(world)
    path = twist(world, proposal)
    before = written()
    plain = Client().get("/answer/nothing/")
    for answer in (Client().get(path), sent(path)):
        assert answer.status_code == 404
        assert answer.content == plain.content
    assert written() == before


def test_link_for_one_purpose_serves_no_other(world: World) -> None:
    """The purpose is under the signature; what the form says is not asked."""
    proposal = story.after_proposal_sent(world)
    before = written()
    answer = sent(path_of(claim_for(world.bereket, proposal, purpose="ask")), purpose="accept", reason="no_time")
    assert answer.status_code == 422
    for purpose in ("confirm", "choose", "agree", "held", "inform"):
        assert sent(path_of(claim_for(world.bereket, proposal, purpose=purpose))).status_code == 409
    assert written() == before


def test_sender_cannot_answer_for_the_receiver(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    before = written()
    assert sent(path_of(claim_for(world.amina, proposal))).status_code == 409
    assert written() == before


def later(days: float) -> AbstractContextManager[object]:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def test_link_that_is_over_leads_to_the_same_thing_by_signing_in(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    path = path_of(claim_for(world.bereket, proposal))
    before = written()
    with later(days=22):
        for answer in (Client().get(path), sent(path)):
            assert answer.status_code == 410
            assert f"?next=%2Fproposals%2F{proposal.reference}%2F" in answer.content.decode()
            assert proposal.need.title not in answer.content.decode()
    assert written() == before


def test_opening_changes_nothing_and_sets_nothing(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    before = written()
    client = Client()
    for purpose in ("accept", "decline", "ask"):
        path = path_of(claim_for(world.bereket, proposal, purpose=purpose))
        for answer in (client.get(path), client.head(path)):
            assert answer.status_code == 200
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert "no-store" in answer["Cache-Control"]
    assert not client.cookies
    assert client.put(path).status_code == 405
    assert written() == before


def test_replayed_link_says_kindly_that_it_is_answered(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    yes, no = (path_of(claim_for(world.bereket, proposal, purpose=purpose)) for purpose in ("accept", "decline"))
    assert sent(yes).status_code == 200
    before = written()
    for path in (yes, no):
        opened = Client().get(path)
        assert opened.status_code == 200
        assert "This is answered already" in opened.content.decode()
        assert sent(path, reason="no_time").status_code == 409
    assert written() == before


def test_colleague_reads_that_it_is_answered(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    colleague = make_person("colleague@example.org", "Selam Tesfaye")
    Membership.objects.create(user=colleague, organisation=world.hospital, role="poster")
    assert Client().get(path_of(claim_for(colleague, proposal))).status_code == 200
    assert sent(path_of(claim_for(world.bereket, proposal))).status_code == 200
    assert "answered already" in Client().get(path_of(claim_for(colleague, proposal))).content.decode()


def test_link_of_an_earlier_turn_does_nothing(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    path = path_of(claim_for(world.bereket, proposal))
    ask_sender(actor=world.bereket, proposal=proposal, text="Which machines?")
    before = written()
    assert "This has changed since the e-mail" in Client().get(path).content.decode()
    assert sent(path).status_code == 409
    assert written() == before


def test_corrected_hours_are_not_confirmed_by_the_link_of_the_wrong_ones(world: World) -> None:
    session = story.after_session_logged(world)
    path = links(mail_to(world.bereket))["Confirm the hours"]
    correct_session(actor=world.amina, session=session, minutes=120)
    before = written()
    assert sent(path).status_code == 409
    assert written() == before


def test_browser_of_somebody_else_acts_for_whom_the_link_names(world: World, as_person: object) -> None:
    """On a shared computer Dana is signed in; the page neither shows nor asks her."""
    proposal = story.after_proposal_sent(world)
    client = as_person(world.dana)  # type: ignore[operator]
    path = path_of(claim_for(world.bereket, proposal))
    page = client.get(path).content.decode()
    assert "Bereket A." in page
    assert "Dana" not in page
    assert client.post(path).status_code == 200
    assert AuditEntry.objects.get(verb="engagements.proposal.accepted").actor_id == world.bereket.pk


def test_no_log_holds_a_link(world: World, caplog: pytest.LogCaptureFixture) -> None:
    proposal = story.after_proposal_sent(world)
    claim = claim_for(world.bereket, proposal, purpose="decline")
    with caplog.at_level("DEBUG"):
        sent(path_of(claim))
        Client().get("/answer/nothing/")
    assert claim.token() not in caplog.text
    assert "/answer/" not in caplog.text


def test_flood_from_one_place_is_held_back(world: World) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [client.get("/answer/nothing/").status_code for _ in range(121)]
    assert answers == [404] * 120 + [429]
    assert Client(REMOTE_ADDR="203.0.113.10").get("/answer/nothing/").status_code == 404

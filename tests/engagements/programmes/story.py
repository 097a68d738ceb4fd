"""Phases of the story of a programme, built through the actions."""

from datetime import timedelta

from django.utils import timezone

from engagements.actions.cohorts import place_need
from engagements.actions.members import accept_member, join_programme
from engagements.actions.partnerships import Facts, add_beneficiary, add_document, add_partner
from engagements.actions.programmes import create_programme, start_programme
from engagements.actions.share_links import make_share_link
from engagements.models import Beneficiary, Cohort, Member, Partner, Plan, Programme, ProgrammeDocument, ShareLink
from engagements.queries.programme_settings import ProgrammeValues
from messaging.actions.files import Arrival
from tests import world as story
from tests.world import World


def values(**changes: object) -> ProgrammeValues:
    """Return a mentoring programme of Tunisia for this year; ``changes`` replace single values."""
    today = timezone.localdate()
    given: dict[str, object] = {
        "name": "Nurses read hearts",
        "summary": "A year in which nurses learn.",
        "sides": {"TN": "origin"},
        "starts_on": today,
        "ends_on": today + timedelta(days=300),
        "joining": "open",
    }
    return ProgrammeValues(**{**given, **changes})


def after_created(world: World, **changes: object) -> Programme:
    """Chidi has set a programme up as a draft."""
    return create_programme(actor=world.chidi, country="TN", values=values(**changes))


def after_started(world: World, **changes: object) -> Programme:
    """The programme runs."""
    return start_programme(actor=world.chidi, programme=after_created(world, **changes))


def after_joined(world: World, **changes: object) -> Member:
    """Amina takes part."""
    return join_programme(actor=world.amina, programme=after_started(world, **changes))


def after_need_placed(world: World, **changes: object) -> Cohort:
    """Amina takes part, and a need of the hospital is in her cohort."""
    member = after_joined(world, **changes)
    place_need(actor=world.chidi, cohort=member.cohort, need=story.after_need_published(world))
    return member.cohort


def after_applied(world: World) -> Member:
    """Amina has applied, and nobody has answered."""
    return join_programme(actor=world.amina, programme=after_started(world, joining="apply"), message="Gladly.")


def accepted(world: World, member: Member) -> Member:
    """Chidi has let the applicant in."""
    return accept_member(actor=world.chidi, member=member)


def after_partnered(
    world: World, programme: Programme
) -> tuple[Partner, ProgrammeDocument, Beneficiary, tuple[ShareLink, str]]:
    """A ministry carries the programme, a document waits for its check, Leïla is trained, and a donor has a link."""
    arrival = Arrival("agreement.txt", 5, [b"Hello"])
    return (
        add_partner(
            actor=world.chidi, programme=programme, name="Ministry", role="ministry", side="origin", country="TN"
        ),
        add_document(actor=world.chidi, programme=programme, arrival=arrival, is_shared=True),
        add_beneficiary(
            actor=world.chidi,
            programme=programme,
            name="Leïla",
            track="home",
            facts=Facts(types=["women", "youth"], sex="woman", age_band="15_24", region="Jendouba"),
        ),
        make_share_link(actor=world.chidi, programme=programme, label="The donor", days=30),
    )


def programme_things(world: World) -> dict[str, list[object]]:
    """Return what the addresses of programmes are asked for: one that runs, with Amina's application, and a draft."""
    member = after_applied(world)
    programme = member.programme
    need = story.after_need_published(world, title="In a programme")
    placed = place_need(actor=world.chidi, cohort=member.cohort, need=need)
    partner, document, beneficiary, (link, token) = after_partnered(world, programme)
    plan = Plan.objects.create(cohort=member.cohort, asked_by=world.chidi)
    return {
        "programme": [programme.reference],
        "case-programme": ["programmes", programme.reference],
        "programme-draft": [after_created(world).reference],
        "cohort": [member.cohort.reference],
        "member": [member.reference],
        "member-accept": [member.reference, "accept"],
        "need-placed": [placed.reference],
        "partner": [partner.reference],
        "programme-document": [document.reference],
        "beneficiary": [beneficiary.reference],
        "share-link": [link.reference],
        "shared-page": [token],
        "shared-forged": ["forged"],
        "shared-document": [token, document.reference],
        "plan": [plan.reference],
    }

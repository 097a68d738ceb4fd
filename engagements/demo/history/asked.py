"""Play one need of the history through the actions: write it, open it, and ask who could help."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from diaspora_net.accounts.models import User
from engagements.actions import needs, nominations, proposals
from engagements.actions.cohorts import place_need
from engagements.demo.asking import READY
from engagements.demo.cast import World
from engagements.demo.history.cases import SILENCE_DAYS, Case
from engagements.demo.history.words import PAY, SAID
from engagements.demo.proposing import expire
from engagements.models import Cohort, Engagement, Need, Proposal
from engagements.states import ProposalOrigin

Act = Callable[[], object]
Dated = tuple[datetime, Act]
LIFE_DAYS = 330


class Asking:
    """The acts around the need of one case. ``cohort`` says which one takes needs at present."""

    def __init__(self, world: World, case: Case, cohort: Callable[[], Cohort]) -> None:
        self.world, self.case, self.cohort = world, case, cohort
        self.proposal: Proposal | None = None
        self.work: Engagement | None = None
        self.people: list[int] = []

    @property
    def need(self) -> Need:
        """Return the need as it is in the database now."""
        return Need.objects.get(pk=self.world.needs[self.case.key].pk)

    @property
    def engagement(self) -> Engagement:
        """Return the engagement as it is in the database now."""
        if self.work is None:
            raise LookupError(f"{self.case.key} has not been agreed on")
        return Engagement.objects.get(pk=self.work.pk)

    @property
    def focal_point(self) -> User:
        """Return who speaks for the institution."""
        return self.world.focal_points[self.case.institution]

    @property
    def expert(self) -> User:
        """Return who does the work."""
        return self.world.people[self.case.expert]

    @property
    def said(self) -> dict[str, str]:
        """Return what people write, in the language of the programme."""
        return SAID[self.case.language]

    def write(self) -> None:
        """Let the institution write the need and send it in."""
        case, words = self.case, self.case.sector.words(self.case.language)
        country = self.world.organisations[case.institution].country.code
        first, *others = (self.world.skills[key] for key in case.sector.skills)
        title = f"{case.sector.job}, {case.city}" if case.is_job else words.title % {"city": case.city}
        values = needs.NeedValues(
            title=title,
            focal_point=self.focal_point,
            context=words.context,
            deliverable=words.goal % {"city": case.city},
            knowledge_transfer=words.transfer,
            kind="placement" if case.is_job else case.sector.kind,
            modality=case.modality,
            hours=8 + 4 * max(1, len(case.sessions)),
            closes_on=self.world.calendar.ahead(-case.posted + LIFE_DAYS),
            is_job=case.is_job,
            job_pay=PAY[country] if case.is_job else "",
            job_hours=40 if case.is_job else None,
            job_contract="fixed_term" if case.is_job else "",
            job_is_free=case.is_job,
            skills=[needs.NeedSkillEntry(first), *(needs.NeedSkillEntry(one, "preferred") for one in others)],
            languages=((case.language, 4),),
        )
        organisation = self.world.organisations[case.institution]
        need = needs.draft_need(actor=self.focal_point, organisation=organisation, values=values)
        self.world.needs[case.key] = needs.submit_need(actor=self.focal_point, need=need)

    def open(self) -> None:
        """Let the coordinator put it into the programme and open it."""
        place_need(actor=self.world.coordinator, cohort=self.cohort(), need=self.need)
        needs.publish_need(actor=self.world.coordinator, need=self.need, checklist=READY)

    def send(self, expert: str, origin: str) -> None:
        """Let an expert apply, be invited or be nominated, as ``origin`` says."""
        profile = self.world.profiles[expert]
        profile.refresh_from_db()
        ask: dict[str, Any] = {"need": self.need, "message": self.said["offer"]}
        if origin == ProposalOrigin.APPLICATION:
            self.proposal = proposals.apply_for_need(actor=self.world.people[expert], **ask)
        elif origin == ProposalOrigin.INVITATION:
            self.proposal = proposals.invite_expert(actor=self.focal_point, expert=profile, **ask)
        else:
            self.proposal = nominations.nominate_expert(actor=self.world.coordinator, expert=profile, **ask)

    def ask_first(self, day: int) -> Iterator[Dated]:
        """Yield how somebody is asked who says no, or nothing at all."""
        case, ago = self.case, self.world.calendar.ago
        origin = ProposalOrigin.NOMINATION if case.is_job else ProposalOrigin.INVITATION
        yield ago(day, "13:00"), partial(self.send, case.first_expert, origin)
        if case.fate == "after_silence":
            yield ago(day - SILENCE_DAYS, "13:30"), lambda: expire(self.asked())
        else:
            yield ago(day - 2, "20:10"), self._decline

    def asked(self) -> Proposal:
        """Return the proposal that was sent last, as it is in the database now."""
        if self.proposal is None:
            raise LookupError(f"nobody was asked about {self.case.key}")
        return Proposal.objects.get(pk=self.proposal.pk)

    def _decline(self) -> None:
        actor = self.world.people[self.case.first_expert]
        proposals.decline_proposal(actor=actor, proposal=self.asked(), reason=self.case.first_reason)

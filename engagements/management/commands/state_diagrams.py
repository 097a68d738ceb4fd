"""Print the life of every noun as Mermaid draws it, from the tables that the code goes by."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import models
from django.utils.translation import override

from diaspora_net.accounts.states import (
    ORGANISATION_TRANSITIONS,
    VERIFICATION_TRANSITIONS,
    OrganisationState,
    VerificationState,
)
from diaspora_net.core.transitions import Transitions
from engagements import states
from engagements.states.waves import WAVE_TRANSITIONS, WaveState
from mentors.states import CLAIM_TRANSITIONS, PROFILE_TRANSITIONS, ClaimState, ProfileState

DIAGRAMS: dict[str, tuple[type[models.TextChoices], Transitions]] = {
    "organisation": (OrganisationState, ORGANISATION_TRANSITIONS),
    "verification": (VerificationState, VERIFICATION_TRANSITIONS),
    "profile": (ProfileState, PROFILE_TRANSITIONS),
    "claim": (ClaimState, CLAIM_TRANSITIONS),
    "programme": (states.ProgrammeState, states.PROGRAMME_TRANSITIONS),
    "cohort": (states.CohortStage, states.COHORT_TRANSITIONS),
    "member": (states.MemberState, states.MEMBER_TRANSITIONS),
    "plan": (states.PlanState, states.PLAN_TRANSITIONS),
    "need": (states.NeedState, states.NEED_TRANSITIONS),
    "proposal": (states.ProposalState, states.PROPOSAL_TRANSITIONS),
    "engagement": (states.EngagementState, states.ENGAGEMENT_TRANSITIONS),
    "meeting": (states.MeetingState, states.MEETING_TRANSITIONS),
    "hours": (states.HoursState, states.HOURS_TRANSITIONS),
    "goal": (states.GoalState, states.GOAL_TRANSITIONS),
    "outcome": (states.OutcomeState, states.OUTCOME_TRANSITIONS),
    "milestone": (states.MilestoneState, states.MILESTONE_TRANSITIONS),
    "certificate": (states.CertificateState, states.CERTIFICATE_TRANSITIONS),
    "import": (states.ImportState, states.IMPORT_TRANSITIONS),
    "report": (states.ReportState, states.REPORT_TRANSITIONS),
    "wave": (WaveState, WAVE_TRANSITIONS),
}


def diagram(state: type[models.TextChoices], table: Transitions) -> str:
    """Return one state diagram; the first state of the vocabulary is where a noun begins."""
    with override("en"):
        lines = ["stateDiagram-v2", *(f"    {value}: {label}" for value, label in state.choices)]
    lines.append(f"    [*] --> {state.values[0]}")
    for value in state.values:
        steps = sorted(table.get(value, ()), key=state.values.index)
        lines += [f"    {value} --> {to}" for to in steps] or [f"    {value} --> [*]"]
    return "\n".join(lines)


class Command(BaseCommand):
    help = (
        "Print the states and steps of organisations, needs, proposals, engagements and all else as Mermaid diagrams."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("noun", nargs="*", choices=[*DIAGRAMS, []], help="only these; all of them otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        for noun in options["noun"] or DIAGRAMS:
            self.stdout.write(f"## {noun}\n\n```mermaid\n{diagram(*DIAGRAMS[noun])}\n```\n")

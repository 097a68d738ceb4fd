"""Needs, proposals, engagements, sessions, outcomes and certificates."""

from engagements.models.agreement import AgreementAcceptance, AgreementVersion, CompensationType
from engagements.models.broadcast import Broadcast, BroadcastReader, BroadcastRefusal, BroadcastText
from engagements.models.bulk import BulkItem, BulkRun
from engagements.models.calendar import CalendarFeed, Invitation
from engagements.models.casework import ABOUT, Case, Note
from engagements.models.certificate import Certificate, SigningKey
from engagements.models.cohort import Cohort, Eligibility, Member
from engagements.models.donor_report import ClosedPeriod, DonorReport, ReportOrder, ReportPicture
from engagements.models.engagement import Engagement, Session
from engagements.models.foreseen import ForeseenNeed
from engagements.models.goal import Goal
from engagements.models.imports import Import, ImportFile, ImportRow, ImportWord, ListedPerson, ListRefusal
from engagements.models.interest import Digest, DigestNeed, Dismissal, SavedNeed, SavedSearch, SearchHit
from engagements.models.interest_ask import InterestAsk
from engagements.models.meeting import Meeting, MeetingTime
from engagements.models.milestone import Milestone
from engagements.models.need import Need, NeedLanguage, NeedReview, NeedSkill, NeedTerm
from engagements.models.need_note import NeedNote, NeedTwin
from engagements.models.organisation_document import OrganisationDocument
from engagements.models.outcome import Outcome, OutcomeLevel
from engagements.models.participant import Attendance, Participant
from engagements.models.partnership import Beneficiary, BeneficiaryFacts, Partner, ProgrammeDocument, ShareLink
from engagements.models.pipeline_view import PipelineView, ViewAlert
from engagements.models.plan import Plan, PlanEdge
from engagements.models.programme import Programme, ProgrammeCountry, ProgrammeTarget
from engagements.models.proposal import PlaceWatch, Proposal, ProposalQuestion
from engagements.models.reminder import Reminder
from engagements.models.rescue import Invitee, Rescue
from engagements.models.rest import Rest
from engagements.models.sent_report import SentReport
from engagements.models.shared_file import KitItem, SharedFile
from engagements.models.skills_round import SkillLack, SkillsAnswer, SkillsRound
from engagements.models.talk import Group, Report
from engagements.models.wave import MappingAnswer, MappingWave
from engagements.models.work_spread import WorkSpread

__all__ = [
    "ABOUT",
    "AgreementAcceptance",
    "AgreementVersion",
    "Attendance",
    "Beneficiary",
    "BeneficiaryFacts",
    "Broadcast",
    "BroadcastReader",
    "BroadcastRefusal",
    "BroadcastText",
    "BulkItem",
    "BulkRun",
    "CalendarFeed",
    "Case",
    "Certificate",
    "ClosedPeriod",
    "Cohort",
    "CompensationType",
    "Digest",
    "DigestNeed",
    "Dismissal",
    "DonorReport",
    "Eligibility",
    "Engagement",
    "ForeseenNeed",
    "Goal",
    "Group",
    "Import",
    "ImportFile",
    "ImportRow",
    "ImportWord",
    "InterestAsk",
    "Invitation",
    "Invitee",
    "KitItem",
    "ListRefusal",
    "ListedPerson",
    "MappingAnswer",
    "MappingWave",
    "Meeting",
    "MeetingTime",
    "Member",
    "Milestone",
    "Need",
    "NeedLanguage",
    "NeedNote",
    "NeedReview",
    "NeedSkill",
    "NeedTerm",
    "NeedTwin",
    "Note",
    "OrganisationDocument",
    "Outcome",
    "OutcomeLevel",
    "Participant",
    "Partner",
    "PipelineView",
    "PlaceWatch",
    "Plan",
    "PlanEdge",
    "Programme",
    "ProgrammeCountry",
    "ProgrammeDocument",
    "ProgrammeTarget",
    "Proposal",
    "ProposalQuestion",
    "Reminder",
    "Report",
    "ReportOrder",
    "ReportPicture",
    "Rescue",
    "Rest",
    "SavedNeed",
    "SavedSearch",
    "SearchHit",
    "SentReport",
    "Session",
    "ShareLink",
    "SharedFile",
    "SigningKey",
    "SkillLack",
    "SkillsAnswer",
    "SkillsRound",
    "ViewAlert",
    "WorkSpread",
]

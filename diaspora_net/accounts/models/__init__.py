"""People, organisations, memberships and remits."""

from diaspora_net.accounts.models.block import Block
from diaspora_net.accounts.models.due_diligence import DueDiligenceCheck, RequiredChecks
from diaspora_net.accounts.models.membership import Membership
from diaspora_net.accounts.models.organisation import Organisation, OrganisationDecision
from diaspora_net.accounts.models.remit import Remit
from diaspora_net.accounts.models.user import User
from diaspora_net.accounts.models.verification import Verification

__all__ = [
    "Block",
    "DueDiligenceCheck",
    "Membership",
    "Organisation",
    "OrganisationDecision",
    "Remit",
    "RequiredChecks",
    "User",
    "Verification",
]

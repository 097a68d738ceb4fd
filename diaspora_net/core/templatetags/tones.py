"""Which tone a state is shown in: the words say it, the tone only helps the eye."""

from django import template

register = template.Library()

_TONES = {
    "ok": {
        "verified",
        "published",
        "completed",
        "followed_up",
        "confirmed",
        "issued",
        "converted",
        "filled",
        "met",
        "achieved",
        "reached",
    },
    "active": {"active", "running", "working", "member", "in_engagement", "accepted", "scheduled", "open"},
    "info": {"sent", "matching", "ready", "sending", "viewed", "agreeing", "wrapping_up", "partly"},
    "warn": {
        "applied",
        "submitted",
        "documents_requested",
        "changes_requested",
        "renewal_due",
        "unconfirmed",
        "paused",
        "proposed",
        "claimed",
        "expired",
        "stale",
        "reissued",
    },
    "danger": {"suspended", "lapsed", "rejected", "disputed", "on_hold_safeguarding", "revoked", "ended_early"},
}
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}


@register.filter
def tone(state: str) -> str:
    """Return the tone of a state: ok, active, info, warn, danger or plain."""
    return _TONE_OF.get(str(state), "plain")

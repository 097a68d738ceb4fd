"""The errors that the domain raises and the edges translate; nothing here knows HTTP beyond a status number."""

from collections.abc import Mapping


class DomainError(Exception):
    """Refuse an act, with a sentence for the person who tried it.

    ``message`` is already translated. ``code`` is stable and machine-readable. ``status`` is what a web page answers.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class NotAllowed(DomainError):
    """Refuse an act on something the person may see but not change."""

    status = 403
    code = "not_allowed"


class Conflict(DomainError):
    """Refuse an act that came too late or clashes with what is already there."""

    status = 409
    code = "conflict"


class InvalidTransition(Conflict):
    """Refuse a state change that the noun's transition table does not hold."""

    code = "invalid_transition"


class Invalid(DomainError):
    """Refuse values, with the problem of each field; ``fields`` maps a form field (or ``__all__``) to a sentence."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = dict(fields or {})


class SlowDown(DomainError):
    """Refuse an act that came too often; ``retry_after`` is in seconds."""

    status = 429
    code = "slow_down"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after

"""The way up for changed standing: lower packages say who left and what was decided, upper ones draw the consequences.

Like ``core.news``: the settings name who acts, in the caller's transaction.
"""

from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class PartingHandler(Protocol):
    """What ``settings.PEOPLE_PARTED_HANDLER`` must accept."""

    def __call__(self, *, blocker_id: int, blocked_id: int) -> None:
        """Draw the consequences."""


class StandingHandler(Protocol):
    """What ``settings.MEMBER_LEFT_HANDLER`` and ``settings.ORGANISATION_DECIDED_HANDLER`` must accept."""

    def __call__(self, *, organisation_id: int, user_id: int) -> None:
        """Draw the consequences."""


@cache
def _handler(path: str) -> StandingHandler:
    return cast(StandingHandler, import_string(path))


@cache
def _parting_handler() -> PartingHandler:
    return cast(PartingHandler, import_string(settings.PEOPLE_PARTED_HANDLER))


def member_left(*, organisation_id: int, user_id: int) -> None:
    """Say that a person no longer belongs to an organisation."""
    _handler(settings.MEMBER_LEFT_HANDLER)(organisation_id=organisation_id, user_id=user_id)


def organisation_decided(*, organisation_id: int, user_id: int) -> None:
    """Say that a coordinator (``user_id``) has decided about an organisation, whose state has just changed."""
    _handler(settings.ORGANISATION_DECIDED_HANDLER)(organisation_id=organisation_id, user_id=user_id)


class RemitHandler(Protocol):
    """What ``settings.REMIT_ENDED_HANDLER`` must accept."""

    def __call__(self, *, user_id: int, country: str) -> None:
        """Draw the consequences."""


@cache
def _remit_handler() -> RemitHandler:
    return cast(RemitHandler, import_string(settings.REMIT_ENDED_HANDLER))


def remit_ended(*, user_id: int, country: str) -> None:
    """Say that a person no longer coordinates a country."""
    _remit_handler()(user_id=user_id, country=country)


def people_parted(*, blocker_id: int, blocked_id: int) -> None:
    """Say that a person has blocked another; the caller holds the locks of both."""
    _parting_handler()(blocker_id=blocker_id, blocked_id=blocked_id)

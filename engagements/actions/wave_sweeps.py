"""What happens to mapping waves by itself: people are told, waves close, mails leave, answers are deleted in time.

Rows say what is due; each step may run twice or at once.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Membership
from diaspora_net.accounts.states import SPEAKING_ROLES, TRUSTED_STATES, OrganisationKind
from diaspora_net.core import audit
from diaspora_net.core.errors import InvalidTransition
from diaspora_net.core.mails import Ready, send_due_mails
from diaspora_net.core.transitions import lock
from engagements.actions.waves import close_wave
from engagements.models import MappingAnswer, MappingWave
from engagements.queries.waves import answer_token, waves_over, waves_to_erase, waves_to_tell
from engagements.reports.wave_mail import wave_mail
from engagements.states.waves import Asked, Purpose, WaveState
from mentors.models import ExpertProfile
from mentors.states import ProfileState
from messaging.actions.notifications import notify_by_id

TOLD_AT_ONCE = 500
_TO_EXPERTS = gettext_noop("A survey of the diaspora asks you: %(title)s")
_TO_ASSOCIATIONS = gettext_noop("Please pass on the link to a survey of the diaspora: %(title)s")


def close_due_waves() -> int:
    """Close the waves whose last day is over; return how many."""
    return sum(_close(wave) for wave in waves_over())


def _close(wave: MappingWave) -> bool:
    try:
        close_wave(actor=None, wave=wave)
    except InvalidTransition:  # somebody closed it meanwhile
        return False
    return True


def tell_due_waves() -> int:
    """Tell the next people who are asked by waves that are open, each once; return how many."""
    return sum(_tell(wave) for wave in waves_to_tell())


@transaction.atomic
def _tell(wave: MappingWave) -> int:
    """Tell associations first, then experts by their number; the row remembers how far it is."""
    wave = lock(wave)
    if wave.asked_up_to is None or wave.state != WaveState.OPEN:
        return 0
    told = _tell_associations(wave) if wave.asked_up_to == 0 and Asked.ASSOCIATIONS in wave.asks else 0
    up_to: int | None = None
    if Asked.EXPERTS in wave.asks:
        found = ExpertProfile.objects.filter(origins__country=wave.country, pk__gt=wave.asked_up_to)
        found = found.filter(state__in=[ProfileState.PUBLISHED, ProfileState.PAUSED], user__is_active=True)
        people = list(found.order_by("pk").values_list("pk", "user_id")[:TOLD_AT_ONCE])
        for _pk, user in people:
            _notify(wave, user, _TO_EXPERTS, Asked.EXPERTS)
        told += len(people)
        up_to = people[-1][0] if len(people) == TOLD_AT_ONCE else None
    MappingWave.objects.filter(pk=wave.pk).update(asked_up_to=up_to)
    return told


def _tell_associations(wave: MappingWave) -> int:
    speakers = Membership.objects.filter(
        role__in=sorted(SPEAKING_ROLES),
        user__is_active=True,
        organisation__country=wave.country,
        organisation__kind=OrganisationKind.NGO,
        organisation__state__in=sorted(TRUSTED_STATES),
    )
    users = sorted(set(speakers.values_list("user_id", flat=True)))
    for user in users:
        _notify(wave, user, _TO_ASSOCIATIONS, Asked.ASSOCIATIONS)
    return len(users)


def _notify(wave: MappingWave, user: int, text: str, way: Asked) -> None:
    notify_by_id(
        user_id=user,
        verb="engagements.wave.asked",
        text=text,
        params={"title": wave.title},
        url=f"{reverse('engagements:wave-answer', args=[wave.reference])}?by={way}",
        event_key=f"wave:{wave.pk}:{way}",
    )


def send_wave_mails() -> int:
    """Send the links that are due, as ``core.mails`` does; return how many left."""
    return send_due_mails(MappingAnswer.objects.select_related("wave"), _mail, give_up=_forgetting)


def _mail(answer: MappingAnswer) -> Ready:
    return Ready(
        wave_mail(answer, reverse("engagements:wave-mine", args=[answer_token(answer)])), lambda: _mailed(answer)
    )


def _mailed(answer: MappingAnswer) -> dict[str, Any]:
    MappingAnswer.objects.filter(pk=answer.pk).update(mails=F("mails") + 1)
    return _forgetting(answer)


def _forgetting(answer: MappingAnswer) -> dict[str, Any]:
    """Forget the address, unless they agreed to be written to again."""
    return {} if Purpose.AGAIN in answer.agreed else {"email": ""}


def erase_due_waves() -> int:
    """Delete the answers of waves whose day is over; return how many answers went. Results stay."""
    return sum(_erase(wave) for wave in waves_to_erase())


@transaction.atomic
def _erase(wave: MappingWave) -> int:
    present = lock(wave)
    if present.erased_at is not None:
        return 0
    count, _tables = present.answers.all().delete()
    MappingWave.objects.filter(pk=wave.pk).update(erased_at=timezone.now())
    audit.record(actor=None, verb="engagements.wave.erased", obj=wave, answers=count)
    return count

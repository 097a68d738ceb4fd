"""Keep views of the pipeline under a name, share them, and tell what is new in them."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import is_coordinator
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.sweeps import in_turns
from diaspora_net.core.transitions import lock
from engagements.actions.mornings import next_morning
from engagements.models import PipelineView, ViewAlert
from engagements.queries.pipeline import PipelineFilters
from engagements.queries.pipeline_views import due_alerts, ids_in, visible_views
from engagements.states.pipeline_views import ViewAlertWhen, ViewAudience
from messaging.actions.notifications import notify

MOST_VIEWS = 30
LONGEST_NAME = 60
LOOK_EVERY = timedelta(minutes=5)


@transaction.atomic
def save_view(
    *, actor: User, name: str, audience: str, filters: PipelineFilters, look: str = "table", alert: str = "off"
) -> PipelineView:
    """Keep filters of the pipeline under a name; an alert tells of rows that come into it from now on.

    Raises NotAllowed without a remit, Invalid for the name, audience or alert, Conflict when there are too many.
    Effects: row, audit entry, alert.
    """
    if not is_coordinator(actor):
        raise NotAllowed(_("Only coordinators keep views of the pipeline."))
    _check(name, audience)
    lock(actor)
    if PipelineView.objects.filter(owner=actor).count() >= MOST_VIEWS:
        raise Conflict(_("You keep %(limit)d views already. Delete one first.") % {"limit": MOST_VIEWS})
    try:
        with transaction.atomic():
            view = PipelineView.objects.create(
                owner=actor, name=name.strip(), audience=audience, filters=filters.as_dict(), look=look
            )
    except IntegrityError:
        problem = _("You have a view of this name. Choose another.")
        raise Invalid(problem, fields={"name": problem}) from None
    audit.record(actor=actor, verb="engagements.view.saved", obj=view, audience=audience, filters=filters.as_dict())
    watch_view(actor=actor, view=view, when=alert)
    return view


@transaction.atomic
def delete_view(*, actor: User, view: PipelineView) -> None:
    """Forget a view, and everybody's alerts on it. Raises NotAllowed unless it is the actor's.

    Effects: rows, audit entry.
    """
    if view.owner_id != actor.pk:
        raise NotAllowed(_("Only who saved a view deletes it."))
    audit.record(actor=actor, verb="engagements.view.deleted", obj=view, audience=view.audience, filters=view.filters)
    view.delete()


@transaction.atomic
def watch_view(*, actor: User, view: PipelineView, when: str) -> None:
    """Be told what is new in a view, or no more. What is in it now counts as known.

    Raises Invalid for ``when``, NotAllowed for a view that the actor does not see. Effects: row.
    """
    if when not in ViewAlertWhen.values:
        problem = _("Choose whether you want to be told.")
        raise Invalid(problem, fields={"alert": problem})
    if not visible_views(actor).filter(pk=view.pk).exists():
        raise NotAllowed(_("This view is not yours."))
    if when == ViewAlertWhen.OFF:
        ViewAlert.objects.filter(view=view, user=actor).delete()
        return
    known = ids_in(view, actor) or []
    values = {"when": when, "due_at": _next_look(when, actor), "known": known}
    ViewAlert.objects.update_or_create(view=view, user=actor, defaults=values)


def tell_due_views() -> int:
    """Look at every view whose alert is due and tell what is new in it; return how many people were told.

    One transaction each, under the row's lock; rows that another sweep holds are passed over. Effects for each: what
    is known, one piece of news when something is new, the time of the next look. An alert on a view that its person
    does not see any more ends.
    """
    return in_turns(_look_at_next)


@transaction.atomic
def _look_at_next() -> bool | None:
    """Look at one due alert; say whether it had something to tell, None when nothing is due."""
    due = due_alerts().select_related("view", "user").select_for_update(skip_locked=True, of=("self",))
    alert = due.first()
    if alert is None:
        return None
    user, view = alert.user, alert.view
    with translation.override(user.language):
        ids = ids_in(view, user) if visible_views(user).filter(pk=view.pk).exists() else None
    if ids is None:
        alert.delete()
        return False
    new = sorted(set(ids).difference(alert.known))
    if new:
        notify(
            user=user,
            verb="engagements.view.grew",
            text=gettext_noop("New in your view “%(view)s”: %(count)s"),
            params={"view": view.name, "count": str(len(new))},
            url=reverse("engagements:view", args=[view.reference]),
            event_key=f"view-{alert.pk}-{alert.due_at.isoformat()}",
        )
    alert.known, alert.due_at = ids, _next_look(alert.when, user)
    alert.save(update_fields=["known", "due_at"])
    return bool(new)


def _next_look(when: str, user: User) -> datetime:
    now = timezone.now()
    return now + LOOK_EVERY if when == ViewAlertWhen.AT_ONCE else next_morning(now, user.zone)


def _check(name: str, audience: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problem = _("Give it a name of up to %(limit)d characters.") % {"limit": LONGEST_NAME}
        raise Invalid(problem, fields={"name": problem})
    if audience not in ViewAudience.values:
        problem = _("Choose who sees it.")
        raise Invalid(problem, fields={"audience": problem})

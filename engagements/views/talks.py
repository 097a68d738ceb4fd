"""Who is in a conversation, and what one can do about it: mute, leave, block, and groups around an engagement."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import blocked_by
from diaspora_net.core.forms import refusals_on
from engagements.actions import groups as actions
from engagements.forms.talks import BringInForm, GroupForm
from engagements.models import Group
from engagements.queries import talks as queries
from engagements.queries.work import get_engagement
from engagements.rules import talk as rules
from messaging.actions.conversations import mute_conversation
from messaging.models import Conversation
from messaging.queries.conversations import get_conversation, others_in, place_of


@require_safe
@signed_in
def talk_people(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Show who is in a conversation, who can read it, and what one can do."""
    return _people_page(request, get_conversation(request.user, id))


def _people_page(request: SignedInRequest, talk: Conversation, form: Any = None) -> HttpResponse:
    viewer = request.user
    others, group = others_in(talk, viewer), queries.group_of(talk)
    context: dict[str, Any] = {
        "conversation": talk,
        "others": others,
        "group": group,
        "blocked": blocked_by(viewer),
        "is_muted": place_of(talk, viewer).muted_at is not None,
    }
    if group is not None:
        present = [viewer, *others]
        may_bring_in = rules.can_bring_in(viewer, group.engagement)
        colleagues = queries.colleagues_of(group.engagement, besides=present) if may_bring_in else []
        coordinators = queries.coordinators_for(group.engagement, besides=present)
        context |= {
            "removable": [one.pk for one in others if may_bring_in and one.pk != group.engagement.expert.user_id],
            "colleague_form": colleagues
            and BringInForm(people=colleagues, label=gettext_lazy("Colleague"), auto_id="colleague_%s"),
            "coordinator_form": coordinators
            and BringInForm(people=coordinators, label=gettext_lazy("Coordinator"), auto_id="coordinator_%s"),
        }
    return render(request, "engagements/talk_people.html", context)


@require_POST
@signed_in
def talk_mute(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Let no e-mails leave about a conversation, or let them leave again."""
    talk = get_conversation(request.user, id)
    is_muted = request.POST.get("muted") == "1"
    mute_conversation(actor=request.user, conversation=talk, is_muted=is_muted)
    messages.success(request, _("No e-mails about this conversation.") if is_muted else _("E-mails are on again."))
    return redirect("engagements:talk-people", talk.pk)


def _person(talk: Conversation, viewer: User, public_id: uuid.UUID) -> User:
    found = [one for one in queries.talkers_ever(talk, viewer) if one.public_id == public_id]
    if not found:
        raise Http404
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def talk_block(request: SignedInRequest, id: uuid.UUID, person: uuid.UUID) -> HttpResponse:  # noqa: A002
    """Say what blocking somebody does, and do it."""
    talk = get_conversation(request.user, id)
    other = _person(talk, request.user, person)
    if request.method == "POST":
        block_person(actor=request.user, person=other)
        messages.success(request, _("Blocked. You can undo this in your settings, under blocked people."))
        return redirect("messaging:conversation", talk.pk)
    return render(request, "engagements/talk_block.html", {"conversation": talk, "person": other})


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def group_new(request: SignedInRequest, reference: str) -> HttpResponse:
    """Start a group around an engagement."""
    engagement = get_engagement(request.user, reference)
    if not rules.can_start_group(request.user, engagement):
        raise Http404
    besides = [request.user, engagement.expert.user, engagement.focal_point]
    may_bring_in = rules.can_bring_in(request.user, engagement)
    colleagues = queries.colleagues_of(engagement, besides=besides) if may_bring_in else []
    form = GroupForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data.get("colleagues", ()))
        people = [one for one in colleagues if str(one.public_id) in chosen]
        with refusals_on(form):
            group = actions.start_group(
                actor=request.user, engagement=engagement, title=form.cleaned_data["title"], colleagues=people
            )
            return redirect("messaging:conversation", group.conversation_id)
    context = {"engagement": engagement, "form": form}
    return render(request, "engagements/group_form.html", context, status=422 if form.errors else 200)


def _group(request: SignedInRequest, id: uuid.UUID) -> Group:  # noqa: A002
    group = queries.group_of(get_conversation(request.user, id))
    if group is None:
        raise Http404
    return group


@require_POST
@signed_in
def group_add(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Bring a colleague in, or invite a coordinator."""
    group = _group(request, id)
    people = [
        *queries.colleagues_of(group.engagement, besides=[]),
        *queries.coordinators_for(group.engagement, besides=[]),
    ]
    asked = request.POST.get("person", "")
    person = next((one for one in people if str(one.public_id) == asked), None)
    if person is None:
        messages.error(request, _("Choose somebody from the list."))
    else:
        actions.bring_in(actor=request.user, group=group, person=person)
        messages.success(request, _("%(name)s is in the group now.") % {"name": person})
    return redirect("engagements:talk-people", id)


@require_POST
@signed_in
def group_remove(request: SignedInRequest, id: uuid.UUID, person: uuid.UUID) -> HttpResponse:  # noqa: A002
    """Take somebody out of a group."""
    group = _group(request, id)
    other = _person(group.conversation, request.user, person)
    actions.remove_from_group(actor=request.user, group=group, person=other)
    messages.success(request, _("%(name)s is not in the group any more.") % {"name": other})
    return redirect("engagements:talk-people", id)


@require_POST
@signed_in
def group_leave(request: SignedInRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the address's name
    """Go out of a group."""
    actions.leave_group(actor=request.user, group=_group(request, id))
    messages.success(request, _("You have left the group."))
    return redirect("messaging:conversations")

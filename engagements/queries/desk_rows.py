"""The one statement behind the desk: every waiting thing of some countries, counted by kind and put in order.

It joins the kinds of ``waiting_rows`` with reports and engagements at risk, adds who looks after each thing and until
when it rests, and answers with the counts and the first rows together, so that everything is computed once.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.verification import waits_abroad
from engagements.models import Report
from engagements.queries.activity import at_risk_in, quiet_days
from engagements.queries.talks import visible_reports
from engagements.queries.waiting_clocks import COLUMNS
from engagements.queries.waiting_rows import waiting_rows
from engagements.states import ReportState
from engagements.states.clocks import Turn, WaitingKind
from engagements.states.desk import FLAG_DAYS, REPORT_DAYS, URGENT, WEIGHTS, OtherKind

ALL_KINDS: tuple[str, ...] = (*WaitingKind.values, *OtherKind.values)
# When a step ends by itself is not on the desk, and counting it for everything that waits costs as much as its order.
TOLD = tuple(name for name in COLUMNS if name != "step_ends_at")
CASE_COLUMNS = ("case_noun", "case_reference", "case_work", "case_owner", "case_rests_until", "case_weight")
PROPOSALS = frozenset({WaitingKind.REPLY, WaitingKind.INFORMATION})
ENGAGEMENTS = frozenset({WaitingKind.AGREEMENT, WaitingKind.OUTCOME, OtherKind.AT_RISK})
PARTS = frozenset({WaitingKind.TIME, WaitingKind.SESSION, WaitingKind.HOURS})
# Their clocks stand still while the work rests.
RESTFUL = sorted(ENGAGEMENTS | PARTS)
ORGANISATIONS = frozenset(
    {
        WaitingKind.VERIFICATION,
        WaitingKind.DOCUMENTS,
        WaitingKind.SECOND,
        WaitingKind.FACTS,
        OtherKind.RECOMMENDED,
    }
)
QUEUE = """
WITH waiting AS MATERIALIZED ({union}),
awake AS (
    SELECT *, greatest(0, extract(epoch FROM %s - step_due_at) / 86400) * case_weight AS urgency
    FROM waiting WHERE case_rests_until IS NULL OR case_rests_until::date <= %s
),
first_rows AS (
    SELECT awake.*, place.name AS organisation, place.country AS country, expert.full_name AS expert,
        keeper.full_name AS owner, keeper.id AS owner_id, row_number() OVER (
            ORDER BY step_kind = 'safety' DESC, urgency DESC, step_due_at, step_kind, step_row) AS position
    FROM awake JOIN accounts_organisation place ON place.id = step_organisation
    LEFT JOIN accounts_user expert ON expert.id = step_expert::bigint AND expert.is_active
    LEFT JOIN accounts_user keeper ON keeper.id = case_owner::bigint
    WHERE (%s::text[] IS NULL OR step_kind = ANY(%s)) AND (%s::bigint IS NULL OR case_owner::bigint = %s)
    ORDER BY position LIMIT %s
)
SELECT
    (SELECT json_agg(tally) FROM (
        SELECT step_kind AS kind, count(*) AS count, count(*) FILTER (WHERE step_due_at <= %s) AS late,
            min(step_since) AS oldest, count(*) FILTER (WHERE case_owner::bigint = %s) AS mine
        FROM awake GROUP BY step_kind) AS tally),
    (SELECT count(*) FROM waiting WHERE case_rests_until::date > %s),
    (SELECT json_agg(shown ORDER BY position) FROM (
        SELECT first_rows.*, (
            SELECT json_agg(ARRAY[lower(past), upper(past)] ORDER BY past)
            FROM engagements_rest, LATERAL (SELECT during * tstzrange(NULL, %s) AS past) AS until_now
            WHERE engagement_id = case_work AND step_kind = ANY(%s) AND NOT isempty(past)) AS rests
        FROM first_rows) AS shown)
"""
SINCE = "SELECT count(*) FROM ({union}) AS waiting WHERE case_rests_until IS NULL OR case_rests_until::date <= %s"


@dataclass(frozen=True)
class Found:
    """What ``QUEUE`` answers: counts by kind, how many things rest, and the first rows with their columns.

    Each row has the ``rests`` of its work as pairs of instants, or None.
    """

    tallies: dict[str, dict[str, Any]]
    resting: int
    rows: list[dict[str, Any]]


def desk_rows(
    viewer: User,
    countries: Collection[str],
    *,
    today: date,
    kinds: Collection[str] | None = None,
    owner: User | None = None,
    limit: int,
) -> Found:
    """Return the counts of everything that waits in ``countries`` and is awake, and the first rows of ``kinds``.

    Queries: 1.
    """
    union, parameters = _union([_part(viewer, kind, countries) for kind in ALL_KINDS])
    now, chosen = timezone.now(), sorted(kinds) if kinds is not None else None
    owner_id = owner.pk if owner else None
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE.format(union=union),
            [*parameters, now, today, chosen, chosen, owner_id, owner_id, limit, now, viewer.pk, today, now, RESTFUL],
        )
        tallies, resting, rows = (_loaded(value) for value in cursor.fetchone())
    return Found({tally["kind"]: tally for tally in tallies or []}, resting, rows or [])


def one_row(viewer: User, countries: Collection[str], kind: str, row: int, *, today: date) -> dict[str, Any] | None:
    """Return one waiting thing of ``countries`` with its columns; None when it waits or exists no more. Queries: 1."""
    part = _part(viewer, kind, countries).filter(pk=row)
    union, parameters = _union([part])
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE.format(union=union),
            [*parameters, now, today, None, None, None, None, 1, now, viewer.pk, today, now, RESTFUL],
        )
        _tallies, _resting, rows = (_loaded(value) for value in cursor.fetchone())
    return rows[0] if rows else None


def count_since(viewer: User, countries: Collection[str], since: Any, *, today: date) -> int:
    """Return how many things began to wait after a moment. Queries: 1."""
    union, parameters = _union([_part(viewer, kind, countries).filter(step_since__gt=since) for kind in ALL_KINDS])
    with connection.cursor() as cursor:
        cursor.execute(SINCE.format(union=union), [*parameters, today])
        (count,) = cursor.fetchone()
    return int(count)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _union(parts: list[QuerySet[Any]]) -> tuple[str, tuple[Any, ...]]:
    first, *others = [part.order_by().values_list(*TOLD, *CASE_COLUMNS) for part in parts]
    union = first.union(*others, all=True) if others else first
    return union.query.sql_with_params()


def _part(viewer: User, kind: str, countries: Collection[str]) -> Any:
    """Return the rows of one kind with the columns of the union."""
    if kind == OtherKind.SAFETY:
        rows = _reports(viewer, countries)
    elif kind == OtherKind.AT_RISK:
        rows = _at_risk(countries)
    elif kind == WaitingKind.SECOND:
        here = Q(country__in=sorted(countries)) & ~Q(step_first=viewer.pk)
        rows = waiting_rows(WaitingKind.SECOND).filter(here | waits_abroad(viewer))
    elif kind == OtherKind.RECOMMENDED:
        rows = waiting_rows(WaitingKind.SECOND, countries=countries).filter(step_first=viewer.pk)
        rows = rows.annotate(step_kind=Value(kind, output_field=CharField()))
    else:
        rows = waiting_rows(WaitingKind(kind), countries=countries)
    return _with_case(rows, kind)


def _with_case(rows: Any, kind: str) -> Any:
    """Add who looks after each thing, until when it rests, and how much a day over target counts."""
    if kind in ORGANISATIONS:
        own, need = "", None
    elif kind == OtherKind.SAFETY:
        own, need = None, "need__"
    elif kind in PROPOSALS:
        own, need = "", "need__"
    elif kind in ENGAGEMENTS:
        own, need = "proposal__", "need__"
    elif kind in PARTS:
        own, need = "engagement__proposal__", "engagement__need__"
    else:
        own, need = "", ""
    noun = "organisations" if kind in ORGANISATIONS else "needs" if need == "" or own is None else "work"
    keeps = [f"{path}case__owner" for path in dict.fromkeys((own, need)) if path is not None]
    weight: Any = Value(WEIGHTS[kind], output_field=FloatField())
    if need is not None:
        # Labour pathways are mediated on pages of their own, without names.
        rows = rows if own is None else rows.filter(**{f"{need}is_pathway": False})
        factor = Cast(Cast(F(f"{need}is_urgent"), IntegerField()), FloatField()) * (URGENT - 1) + 1
        weight = ExpressionWrapper(factor * WEIGHTS[kind], output_field=FloatField())
    rests: Any = Value(None, output_field=DateField())
    if own is not None:
        rests = F(f"{own}case__rests_until")
    return rows.annotate(
        case_noun=Value(noun, output_field=CharField()),
        case_reference=F(f"{own if own is not None else need}reference"),
        case_work=F("engagement__pk") if kind in PARTS else F("pk"),
        case_owner=Coalesce(*keeps) if len(keeps) > 1 else F(keeps[0]),
        case_rests_until=rests,
        case_weight=weight,
    )


def _at_risk(countries: Collection[str]) -> Any:
    rows = at_risk_in(countries).select_related(None)
    due = ExpressionWrapper(F("at_risk_at") + timedelta(days=FLAG_DAYS), output_field=DateTimeField())
    return _columns(rows, OtherKind.AT_RISK, due, since=F("quiet_since"), turn=Turn.BOTH, target=quiet_days()).annotate(
        step_title=F("need__title"), step_expert=F("expert__user"), step_focal_point=F("need__focal_point")
    )


def _reports(viewer: User, countries: Collection[str]) -> Any:
    rows = visible_reports(viewer, countries=countries).exclude(state=ReportState.CLOSED).select_related(None)
    due = ExpressionWrapper(F("reported_at") + timedelta(days=REPORT_DAYS), output_field=DateTimeField())
    target = Value(REPORT_DAYS)
    columns = _columns(rows, OtherKind.SAFETY, due, since=F("reported_at"), turn=Turn.COORDINATOR, target=target)
    nobody = Value(None, output_field=IntegerField())
    return columns.annotate(step_title=F("reason"), step_expert=nobody, step_focal_point=nobody)


def _columns(rows: QuerySet[Report] | Any, kind: OtherKind, due: Any, *, since: Any, turn: Turn, target: Any) -> Any:
    return rows.annotate(
        step_kind=Value(kind.value, output_field=CharField()),
        step_row=F("pk"),
        step_reference=F("reference"),
        step_page=F("reference"),
        step_organisation=F("need__organisation__pk"),
        step_turn=Value(turn.value, output_field=CharField()),
        step_place=Cast(F("need__organisation__country"), CharField()),
        step_zone=Cast(F("need__organisation__time_zone"), CharField()),
        step_since=since,
        step_due_at=due,
        step_target=target,
    )

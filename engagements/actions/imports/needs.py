"""Needs of a list: drafts of their institutions, which finish and send them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from diaspora_net.accounts.models import Membership, Organisation, User
from diaspora_net.accounts.states import SPEAKING_ROLES
from diaspora_net.core import audit
from engagements.actions.imports.writer import concepts_of, made, new_and_changed, refuse, skills_of
from engagements.actions.need_values import MOST_SKILLS, NeedSkillEntry, NeedValues, fill, problems_of, write_lists
from engagements.models import Import, ImportRow, Need, NeedLanguage, NeedSkill
from engagements.states import NeedState
from engagements.states.imports import RowState
from mentors.models import Skill

TEXTS = ("title", "context", "deliverable", "knowledge_transfer", "kind", "modality", "hours", "places", "is_urgent")
RELATIONS = ["organisation", "programme", "cohort", "focal_point", "created_by"]


def write_needs(run: Import, rows: Sequence[ImportRow]) -> None:
    """Write the needs of these rows as drafts; who speaks for an institution is asked again.

    Effects: needs with skills and languages, an audit entry each. Queries: about 12.
    """
    concepts = concepts_of(run, rows)
    people = User.objects.in_bulk({row.values["focal_point_id"] for row in rows}) if rows else {}
    places = _own_places(run, rows)
    speaking = _speaking(rows)
    fit = []
    for row in rows:
        values = _values(row, people, concepts)
        if row.values["organisation_id"] not in places or values is None:
            refuse(row, "no_organisation")
        elif problems_of(values, speaks=(row.values["organisation_id"], values.focal_point.pk) in speaking):
            refuse(row, "no_longer_fits")
        else:
            fit.append((row, values))
    told = {row.pk: values for row, values in fit}
    new, changed = new_and_changed([row for row, _values in fit])
    needs = [(row, _need(run, row, told[row.pk])) for row in new]
    needs = [(row, need) for row, need in needs if need is not None]
    Need.objects.bulk_create([need for _row, need in needs if need], batch_size=500)
    write_lists([(need, told[row.pk]) for row, need in needs if need])
    made([row for row, _need in needs], [need.pk for _row, need in needs if need])
    audit.record_many(
        actor=run.brought_by, verb="engagements.need.drafted", things=((need, {}) for _row, need in needs if need)
    )
    _change(run, changed, told)


def _own_places(run: Import, rows: Sequence[ImportRow]) -> set[int]:
    asked = {row.values["organisation_id"] for row in rows}
    return set(Organisation.objects.filter(pk__in=asked, country=run.country).values_list("pk", flat=True))


def _speaking(rows: Sequence[ImportRow]) -> set[tuple[int, int]]:
    members = Membership.objects.filter(
        organisation__in={row.values["organisation_id"] for row in rows},
        role__in=sorted(SPEAKING_ROLES),
        left_at__isnull=True,
        user__is_active=True,
    )
    return set(members.values_list("organisation", "user"))


def _values(row: ImportRow, people: Mapping[int, User], concepts: Mapping[str, list[Skill]]) -> NeedValues | None:
    person = people.get(row.values["focal_point_id"])
    if person is None:
        return None
    told: dict[str, Any] = {name: row.values[name] for name in TEXTS if name in row.values}
    days: dict[str, Any] = {
        name: date.fromisoformat(row.values[name]) for name in ("starts_on", "closes_on") if name in row.values
    }
    skills = skills_of(row, concepts, most=MOST_SKILLS)
    return NeedValues(
        focal_point=person,
        skills=tuple(NeedSkillEntry(skill) for skill in skills),
        languages=tuple((code, level) for code, level in row.values.get("languages", ())),
        **told,
        **days,
    )


def _need(run: Import, row: ImportRow, values: NeedValues) -> Need | None:
    need = Need(organisation_id=row.values["organisation_id"], created_by=run.brought_by)
    fill(need, values)
    try:
        need.clean_fields(exclude=RELATIONS)
    except ValidationError:
        refuse(row, "no_longer_fits")
        return None
    return need


def _change(run: Import, changed: Mapping[int, ImportRow], told: Mapping[int, NeedValues]) -> None:
    """Write the file's values over drafts that came by an import and that nobody has touched since."""
    drafts = Need.objects.filter(pk__in=list(changed), state=NeedState.DRAFT)
    needs = list(drafts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    rest = dict(changed)
    lists = _lists_of(needs)
    for need in needs:
        row = rest.pop(need.pk)
        row.before = _told(need) | lists[need.pk]
        row.state = RowState.CHANGED
        fill(need, told[row.pk])
    for row in rest.values():
        refuse(row, "taken_over")
    write_over([(need, told[changed[need.pk].pk]) for need in needs])
    audit.record_many(actor=run.brought_by, verb="engagements.need.changed", things=((need, {}) for need in needs))


def write_over(needs: Sequence[tuple[Need, NeedValues]]) -> None:
    """Write the rows of needs that were filled anew. Queries: 5."""
    ids = [need.pk for need, _values in needs]
    Need.objects.bulk_update([need for need, _values in needs], [*TEXTS, "starts_on", "closes_on", "focal_point"])
    NeedSkill.objects.filter(content_object__in=ids).delete()
    NeedLanguage.objects.filter(need__in=ids).delete()
    write_lists(needs)


def _told(need: Need) -> dict[str, Any]:
    days = {name: getattr(need, name) for name in ("starts_on", "closes_on")}
    told = {name: day.isoformat() if day else None for name, day in days.items()}
    return {name: getattr(need, name) for name in TEXTS} | told | {"focal_point": need.focal_point_id}


def _lists_of(needs: Sequence[Need]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {need.pk: {"skills": [], "languages": []} for need in needs}
    for skill in NeedSkill.objects.filter(content_object__in=needs):
        found[skill.content_object_id]["skills"].append([skill.tag_id, skill.strength, skill.level])
    for language in NeedLanguage.objects.filter(need__in=needs):
        found[language.need_id]["languages"].append([language.language, language.level])
    return found

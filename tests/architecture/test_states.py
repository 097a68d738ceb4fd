"""The tables of states: every noun's is drawn, has no dead ends by mistake, and is what the database allows."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from diaspora_net.accounts import states as accounts_states
from engagements import states as engagements_states
from engagements.management.commands.state_diagrams import DIAGRAMS
from mentors import states as mentors_states

NOUNS = sorted(DIAGRAMS)


def tables() -> dict[str, object]:
    found: dict[str, object] = {}
    for module in (accounts_states, mentors_states, engagements_states):
        found |= {name: value for name, value in vars(module).items() if name.endswith("_TRANSITIONS")}
    return found


def test_no_table_is_left_out_of_the_diagrams() -> None:
    drawn = [table for _state, table in DIAGRAMS.values()]
    assert not [name for name, table in tables().items() if not any(table is one for one in drawn)]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_state_is_known_and_can_be_reached(noun: str) -> None:
    state, table = DIAGRAMS[noun]
    steps = {str(to) for tos in table.values() for to in tos}
    assert steps | {str(key) for key in table} <= set(state.values)
    reached, waiting = set(), [state.values[0]]
    while waiting:
        if (one := waiting.pop()) not in reached:
            reached.add(one)
            waiting += [str(to) for to in table.get(one, ())]
    assert set(state.values) - reached == set()


def stateful() -> list[tuple[type[models.Model], models.Field]]:
    ours = [
        one for one in apps.get_models() if one.__module__.split(".")[0] in {"engagements", "mentors", "diaspora_net"}
    ]
    return [(model, field) for model in ours for field in model._meta.local_fields if field.name == "state"]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), stateful(), ids=lambda value: getattr(value, "__name__", "state"))
def test_the_database_knows_the_same_states(model: type[models.Model], field: models.Field) -> None:
    """Each value a state may take stands in a check constraint of its table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [model._meta.db_table],
        )
        found = [text for (text,) in cursor.fetchall() if "state" in text]
    known = [text for text in found if all(f"'{value}'" in text for value in dict(field.flatchoices))]
    assert known, f"no constraint of {model._meta.db_table} names all of {dict(field.flatchoices)}"


def test_a_diagram_is_printed_as_mermaid_draws_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("state_diagrams", "hours")
    assert capsys.readouterr().out == (
        "## hours\n\n```mermaid\nstateDiagram-v2\n    unconfirmed: Waiting for confirmation\n    confirmed: Confirmed\n"
        "    disputed: Disputed\n    [*] --> unconfirmed\n    unconfirmed --> confirmed\n    unconfirmed --> disputed\n"
        "    confirmed --> [*]\n    disputed --> unconfirmed\n    disputed --> confirmed\n```\n"
    )

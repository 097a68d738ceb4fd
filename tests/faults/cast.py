"""The people of the fault runs and their conversations, made by the product's own actions in an empty database.

``python -m tests.faults.cast FILE`` migrates the database that the environment names and writes into the file who
there is: cookies by name, and the members of each conversation.
"""

import json
import sys
from pathlib import Path

CLIENTS = 12


def groups(names: list[str]) -> list[list[str]]:
    """Return who talks with whom: everybody with a partner, some in circles of four, all with all."""
    pairs = [names[place : place + 2] for place in range(0, len(names), 2)]
    circles = [names[place : place + 4] for place in range(1, len(names) - 4, 4)]
    return [*pairs, *circles, names]


def main() -> None:
    """Make them."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from messaging.actions.conversations import open_conversation
    from tests.factories import make_person
    from tests.liveserver import session_cookie

    people = {
        name: make_person(f"{name}@example.org", name.title())
        for name in (f"person-{number:02}" for number in range(CLIENTS))
    }
    members = {
        str(open_conversation(participants=[people[name] for name in group], topic="", state="open").pk): group
        for group in groups(list(people))
    }
    cookies = {name: session_cookie(person) for name, person in people.items()}
    Path(sys.argv[1]).write_text(json.dumps({"cookies": cookies, "members": members}))


if __name__ == "__main__":
    main()

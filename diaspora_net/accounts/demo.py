"""The demo people: who can be signed in as with one click, in demo mode only."""

from dataclasses import dataclass

PASSWORD = "diaspora-demo-2026"  # noqa: S105 - printed on purpose; production refuses demo mode


@dataclass(frozen=True)
class DemoPerson:
    """One person of the demo network whom anybody may play."""

    name: str
    email: str
    role: str
    says: str
    language: str = "en"
    time_zone: str = "UTC"
    password: str = PASSWORD


PEOPLE = (
    DemoPerson(
        "Amina Ben Salah", "amina@demo.example", "expert", "Cardiologist in Lyon, from Tunis", time_zone="Europe/Paris"
    ),
    DemoPerson(
        "Salma Gharbi",
        "salma@demo.example",
        "organisation",
        "Focal point of the regional hospital in Jendouba, Tunisia",
        time_zone="Africa/Tunis",
    ),
    DemoPerson(
        "Chidi Okafor",
        "chidi@demo.example",
        "coordinator",
        "Coordinates eight countries of origin",
        time_zone="Africa/Lagos",
    ),
    DemoPerson(
        "Esi Mensah",
        "esi@demo.example",
        "coordinator",
        "Coordinates with Chidi: nobody verifies an organisation alone",
        time_zone="Africa/Accra",
    ),
)


def person(email: str) -> DemoPerson | None:
    """Return the demo person with this address."""
    return next((one for one in PEOPLE if one.email == email), None)

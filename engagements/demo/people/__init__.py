"""The experts of the demo network: eight countries of origin, more than a dozen of residence."""

from engagements.demo.people import (
    cape_verde,
    ethiopia,
    ghana,
    kenya,
    morocco,
    nigeria,
    senegal,
    tunisia,
    tunisia_health,
)

EXPERTS = (
    *tunisia_health.EXPERTS,
    *tunisia.EXPERTS,
    *morocco.EXPERTS,
    *senegal.EXPERTS,
    *cape_verde.EXPERTS,
    *ghana.EXPERTS,
    *nigeria.EXPERTS,
    *ethiopia.EXPERTS,
    *kenya.EXPERTS,
)

"""The needs of the demo network: half in English, a third in French, the others in Arabic and Portuguese."""

from engagements.demo.needs import cape_verde, ethiopia, ghana, jendouba, kenya, morocco, nigeria, senegal, tunisia

REQUESTS = (
    *jendouba.REQUESTS,
    *tunisia.REQUESTS,
    *morocco.REQUESTS,
    *senegal.REQUESTS,
    *cape_verde.REQUESTS,
    *ghana.REQUESTS,
    *nigeria.REQUESTS,
    *ethiopia.REQUESTS,
    *kenya.REQUESTS,
)

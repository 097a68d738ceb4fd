"""The engagements of the demo network, in every state, with their conversations and sessions."""

from engagements.demo.work import cape_verde, ethiopia, ghana, senegal, tunisia

WORKS = (*tunisia.WORKS, *senegal.WORKS, *cape_verde.WORKS, *ghana.WORKS, *ethiopia.WORKS)

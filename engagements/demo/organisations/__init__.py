"""The institutions of the demo network: invented or generic, in eight countries of origin."""

from engagements.demo.organisations import north, south

INSTITUTIONS = (*north.INSTITUTIONS, *south.INSTITUTIONS)

"""The demo network: invented people and institutions, and the story that the actions play with them."""

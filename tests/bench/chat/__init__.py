"""How fast the chat is, beside other ways to build one: ``make bench-chat``."""

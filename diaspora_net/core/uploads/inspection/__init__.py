"""Read a file of a stranger and say whether it may pass. Pure: runs alone in a small process, without Django and us."""

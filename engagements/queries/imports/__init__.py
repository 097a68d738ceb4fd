"""Read imports: their pages, what their rows may be twins of, and which mails about them are due."""

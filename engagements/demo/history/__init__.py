"""Two years of invented programme history: planned without a database, then played through the actions day by day."""

"""A client of the live protocol that keeps every rule of messaging/PROTOCOL.md, for fault runs and benches."""

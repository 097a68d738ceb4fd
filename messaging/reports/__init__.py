"""Conversations to keep, as text and as pages."""

"""Diaspora Net: experts of the diaspora and institutions of their countries of origin, brought together."""

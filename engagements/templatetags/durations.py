"""Lengths of time in templates."""

from django import template

from engagements.payloads.durations import duration

register = template.Library()
register.filter("duration", duration)

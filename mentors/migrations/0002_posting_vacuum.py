"""Vacuum the postings often: every saved profile rewrites rows, and index-only scans need a fresh visibility map."""

from django.db import migrations

OFTEN = """
ALTER TABLE mentors_posting SET (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
"""
DEFAULT = """
ALTER TABLE mentors_posting RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
);
"""


class Migration(migrations.Migration):
    """Per-table autovacuum of the postings."""

    dependencies = [("mentors", "0001_initial")]

    operations = [migrations.RunSQL(OFTEN, DEFAULT)]

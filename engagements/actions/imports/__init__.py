"""Bring files of rows: name their columns, check them, import them in the background, and take an import back.

Rows say what is due. A sweep holds the lock of one import while it works on one batch of its rows, in one transaction
with what they make: a worker that dies leaves nothing half done and no row done twice, and the next goes on at once.
"""

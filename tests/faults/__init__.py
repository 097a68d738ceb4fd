"""The chat under faults: processes are killed, stopped and cut off while people write, and no word may be lost."""

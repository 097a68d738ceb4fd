"""The fonts of every PDF: DejaVu Sans, with Latin, Arabic, Cyrillic and Greek letters."""

from pathlib import Path

FONTS = Path(__file__).resolve().parent

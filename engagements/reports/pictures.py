"""Pictures of a document: logos at its head, and the photos of its stories."""

from dataclasses import dataclass

LOGO_HEIGHT = 48


@dataclass(frozen=True)
class Picture:
    """A picture as it was drawn anew; ``alt`` says what it shows."""

    reference: str
    content: bytes
    media_type: str
    width: int
    height: int
    alt: str

    @property
    def logo_width(self) -> int:
        """Return how wide a page shows it as a logo of LOGO_HEIGHT, in pixels."""
        return round(LOGO_HEIGHT * self.width / self.height)

    @property
    def ending(self) -> str:
        """Return what its file name ends in."""
        return {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[self.media_type]

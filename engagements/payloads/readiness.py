"""What makes a need answerable, item by item: the same list for who writes it and for the coordinator."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.models import Need
from engagements.states.readiness import NeedField
from mentors.states import Modality

# A task needs a verb and a thing; what is there on site takes a sentence.
LEAST_WORDS, LEAST_CONTEXT = 3, 40
HINTS = {
    NeedField.TITLE: gettext_lazy("Say in the title what is to be done, such as: Train our nurses to read an ECG."),
    NeedField.SKILLS: gettext_lazy("Choose at least one required skill."),
    NeedField.DELIVERABLE: gettext_lazy("Say what you hold in your hand in the end."),
    NeedField.CONTEXT: gettext_lazy("Say what is there: people, devices, rooms, and what is missing."),
    NeedField.KNOWLEDGE_TRANSFER: gettext_lazy("Name who works beside the expert and carries on."),
    NeedField.LANGUAGE: gettext_lazy("Choose the language of the work."),
    NeedField.HOURS: gettext_lazy("Say how many hours it takes in all."),
    NeedField.CLOSES_ON: gettext_lazy("Say by when, so that experts can plan."),
    NeedField.STARTS_ON: gettext_lazy("Say when somebody could come: a journey has to be planned."),
    NeedField.FOCAL_POINT: gettext_lazy("Name somebody who speaks for the organisation and answers."),
}


@dataclass(frozen=True)
class ReadinessLine:
    """One thing that makes a need answerable, with what to do where it is missing."""

    field: NeedField
    is_ready: bool
    is_required: bool

    @property
    def label(self) -> str:
        """Return what it is about, in the active language."""
        return str(self.field.label)

    @property
    def note(self) -> str:
        """Return what to do, empty when it is there."""
        return "" if self.is_ready else str(HINTS[self.field])

    @property
    def status(self) -> str:
        """Return how it stands, in words."""
        return _("There") if self.is_ready else _("Missing") if self.is_required else _("Would help")

    @property
    def tone(self) -> str:
        """Return the tone of its state."""
        return "ok" if self.is_ready else "warn" if self.is_required else "info"

    @property
    def url(self) -> str:
        """Return where on the form it is written."""
        return "" if self.is_ready else f"#id_{self.field}"


def readiness_of(need: Need, missing: Collection[str]) -> list[ReadinessLine]:
    """Return what makes the need answerable, in the order of its form. Queries: 0.

    ``missing`` are the fields without which it cannot be sent; the others are what experts ask for first.
    """
    is_remote = need.modality == Modality.REMOTE
    ready = {
        NeedField.TITLE: len(need.title.split()) >= LEAST_WORDS,
        NeedField.SKILLS: True,
        NeedField.LANGUAGE: True,
        NeedField.HOURS: True,
        NeedField.CLOSES_ON: need.closes_on is not None,
        NeedField.DELIVERABLE: bool(need.deliverable.strip()),
        NeedField.CONTEXT: len(need.context.strip()) >= LEAST_CONTEXT,
        NeedField.KNOWLEDGE_TRANSFER: bool(need.knowledge_transfer.strip()),
        NeedField.FOCAL_POINT: True,
    }
    if not is_remote:
        ready[NeedField.STARTS_ON] = need.starts_on is not None
    problems = {NeedField.LANGUAGE: "languages"}
    required = {NeedField.SKILLS, NeedField.LANGUAGE, NeedField.HOURS, NeedField.FOCAL_POINT}
    return [
        ReadinessLine(
            field,
            is_ready and problems.get(field, field.value) not in missing,
            field in required or problems.get(field, field.value) in missing,
        )
        for field, is_ready in ready.items()
    ]

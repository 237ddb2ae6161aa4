"""Which diarizer a name means."""

from __future__ import annotations

from pathlib import Path

from coach.conversation import UsageError
from coach.nearest import did_you_mean
from coach.speech.diarizers.bundled import BundledDiarizer
from coach.speech.diarizers.protocol import Diarizer


def open_diarizer(name: str | None, *, device: str = "auto", models: Path) -> Diarizer | None:  # noqa: ARG001
    """Return the diarizer that a name means, not yet loaded; ``None`` for none.

    Args:
        name: ``auto`` or ``None`` for the best that is installed, ``bundled``, or ``none``.
        device: Where it runs.
        models: Folder of pulled models.

    Raises:
        UsageError: There is none of that name.
    """
    if name == "none":
        return None
    if name in (None, "auto", "bundled"):
        return BundledDiarizer()
    raise UsageError(f'There is no diarizer "{name}"; {did_you_mean(name or "", ("auto", "bundled", "none"))}')

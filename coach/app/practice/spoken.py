"""A spoken answer: recognised and masked by the stages that reviews go through; nothing of it is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from coach.app.item import Failure, Request
from coach.app.naming import Output
from coach.app.pipeline import Pipeline
from coach.app.recipe import Recipe
from coach.app.settings import Settings
from coach.conversation import (
    CoachError,
    ModelError,
    NoSuchRecording,
    RecordingError,
    StorageError,
    UsageError,
    Word,
)
from coach.privacy.text import mask_text
from coach.reporting.text import clean

RECIPE = Recipe("practice", ("decode", "listen", "transcribe", "mask", "converse"), {})
"""What becomes of a spoken answer; no stage of it writes anything."""

_ERRORS = {error.exit_code: error for error in (UsageError, RecordingError, NoSuchRecording, ModelError, StorageError)}


def spoken(
    recording: Path, settings: Settings, progress: Callable[[str, float], None] | None = None
) -> tuple[Word, ...]:
    """Return the masked words of an answer that somebody recorded.

    Args:
        recording: Any sound file that a review takes.
        settings: The person's own.
        progress: Told each stage's name and share done.

    Raises:
        CoachError: It cannot be heard, with the reason of the stage that refused it.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # practice connects to nothing; libraries read this as they load
    pipeline = Pipeline(RECIPE, settings)
    pipeline.choose_engine()
    request = Request(recording=recording, only_me=True)
    with pipeline.running():
        result = pipeline.review(request, Output(Path(), "practice"), progress)
    if isinstance(result, Failure):
        raise _ERRORS.get(result.exit_code, CoachError)(result.message)
    agent = result.conversation.party("agent") if result.conversation is not None else None
    if agent is None or not agent.words:
        raise RecordingError(
            f"No words were heard on {clean(mask_text(recording.name))}. Record it again, nearer to the "
            "microphone, or type the answer."
        )
    return agent.words

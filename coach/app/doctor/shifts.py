"""What shifts and nights need besides: an agreement, a recogniser that can be had, inboxes that are there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from coach.app.doctor.values import Finding, ill, mind, well
from coach.app.nightly.orders import Night
from coach.app.pipeline import models_folder
from coach.app.settings import Settings
from coach.app.shift import policy as policies
from coach.conversation import CoachError, ModelError, NoSuchRecording
from coach.speech import registry
from coach.speech.diarizers.choose import open_diarizer
from coach.speech.transcribers.choose import BUNDLED, open_transcriber
from coach.speech.transcribers.whisper import WhisperTranscriber


def agreement(file: Path | None, *, awaited: bool) -> Finding:
    """Return whether shifts may run.

    Args:
        file: Of the agreement; the user's own when ``None``.
        awaited: Whether there are shifts here, so that one has to be there.
    """
    place = file or policies.default_path()
    if not awaited and not place.exists():
        return well("agreement", "There is none, and no shift runs without; coach shift --setup makes it.")
    try:
        policy = policies.require(file)
    except CoachError as error:
        return ill("agreement", str(error), f"{policies.setup_command(file)} asks for it anew.", error.exit_code)
    return well("agreement", f"{place} can be read; results are kept for {policy.keep_days} days.")


def recognising(settings: Settings) -> Finding:
    """Return whether what the settings name to recognise words, and to tell voices apart, can be had."""
    device, models = settings.text("device"), models_folder(settings)
    try:
        engine = open_transcriber(settings.text("transcriber"), device=device, models=models)
        if settings.text("transcriber") == BUNDLED:
            _bundled(models)
        open_diarizer(settings.text("diarizer"), device=device, models=models)
    except CoachError as error:
        return ill(
            "recogniser",
            str(error),
            "Pull it, or name another with --transcriber or --diarizer, in coach.toml or in the recipe.",
            error.exit_code,
        )
    if isinstance(engine, WhisperTranscriber) and find_spec("faster_whisper") is None:
        return ill(
            "recogniser",
            "A model for faster-whisper would be taken, and that package is not installed.",
            "pip install 'coach[whisper]', or name another with --transcriber.",
            ModelError.exit_code,
        )
    return well("recogniser", "What the settings name can be had.")


def _bundled(models: Path) -> None:
    """Raise what is told where the recogniser that comes with coach is named and not there."""
    its = [model for model in registry.models() if model.engine == BUNDLED]
    if its and not any(registry.present(model, models) for model in its):
        raise ModelError(registry.explain(registry.check(its[0], models)))


def inboxes(night: Night) -> Iterator[Finding]:
    """Yield whether what a night's recipe names is there."""
    near = [one for one in night.inbox if "://" not in one]
    gone = [one for one in near if not Path(one).exists()]
    if gone:
        state = ill if len(gone) == len(night.inbox) else _some
        yield state(
            "inbox",
            f"{len(gone)} of {len(night.inbox)} inboxes are not there (first: {gone[0]}).",
            "Mount that drive, make the folder, or change inbox in the recipe.",
            NoSuchRecording.exit_code,
        )
    else:
        yield well("inbox", f"All {len(night.inbox)} that the recipe names are there or at addresses.")
    if night.manifest is not None and not night.manifest.is_file():
        yield ill(
            "manifest",
            f"There is no file {night.manifest}.",
            "Put it there, or take manifest out of the recipe.",
            NoSuchRecording.exit_code,
        )


def _some(about: str, sentence: str, mend: str, _code: int) -> Finding:
    return mind(about, sentence, mend)

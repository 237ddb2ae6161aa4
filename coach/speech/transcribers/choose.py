"""Which recogniser a name means."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from coach.conversation import ModelError, UsageError
from coach.speech import registry
from coach.speech.transcribers.protocol import Transcriber
from coach.speech.transcribers.whisper import Device, WhisperTranscriber

AUTO, BUNDLED, WHISPER = "auto", "bundled", "faster-whisper"


def open_transcriber(name: str | None, *, device: str = "auto", models: Path) -> Transcriber:
    """Return the recogniser that a name means, not yet loaded.

    Args:
        name: ``auto`` or ``None`` for the best that is installed, ``bundled``, a model of the manifest with or
            without ``faster-whisper:`` before it, or the path of a folder with a faster-whisper model.
        device: ``auto``, ``cpu`` or ``cuda``; ``mps`` is for diarizers, and no recogniser knows it, so it means the
            processor here. The bundled engine always runs there.
        models: Folder of pulled models.

    Raises:
        UsageError: Neither an engine, a model nor a folder is called that.
        ModelError: The model is known and not on this computer.
    """
    if device == "mps":
        device = "cpu"
    if device not in get_args(Device):
        raise UsageError(f"There is no device {device!r}: it is one of {', '.join(get_args(Device))}.")
    where = cast(Device, device)
    if name is None or name == AUTO:
        return _best(models, where)
    if name == BUNDLED:
        return _bundled()
    wanted = name.removeprefix(f"{WHISPER}:")
    if _looks_like_folder(wanted):
        return _in_folder(Path(wanted), where)
    if wanted == WHISPER:
        pulled = [model for model in registry.installed(models) if model.engine == WHISPER]
        return _of(pulled[0] if pulled else registry.find("faster-distil-whisper-small.en"), models, where)
    return _of(registry.find(wanted, others=(AUTO, BUNDLED, WHISPER)), models, where)


def _best(models: Path, device: Device) -> Transcriber:
    """Return the best installed; where there is none, the bundled one, which says when opened what is missing."""
    there = [model for model in registry.installed(models) if model.engine != registry.SENTENCES]
    return _of(there[0], models, device) if there else _bundled()


def _of(model: registry.Model, models: Path, device: Device) -> Transcriber:
    if model.engine == BUNDLED:
        return _bundled()
    if model.engine == registry.SENTENCES:
        raise UsageError(
            f"{model.id} is no recogniser: it tells what sentences mean, and is used by itself once it is pulled. "
            f"Name a recogniser, or leave it to `--transcriber {AUTO}`."
        )
    if not registry.present(model, models):
        raise ModelError(registry.explain(registry.check(model, models)))
    return WhisperTranscriber(models / model.id, entry=model, device=device)


def _bundled() -> Transcriber:
    from coach.speech.transcribers.bundled import BundledTranscriber  # noqa: PLC0415  (loads onnxruntime)

    return BundledTranscriber()


def _looks_like_folder(name: str) -> bool:
    return Path(name).is_dir() or name.startswith((".", "/", "~")) or "\\" in name


def _in_folder(path: Path, device: Device) -> Transcriber:
    folder = path.expanduser().resolve()
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: a model is a folder, or a name that `coach models list` shows.")
    return WhisperTranscriber(folder, device=device)

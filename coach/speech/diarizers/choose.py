"""Which diarizer a name means."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from coach.conversation import ModelError, UsageError
from coach.nearest import did_you_mean
from coach.speech.diarizers.protocol import Diarizer
from coach.speech.diarizers.pyannote import Device, PyannoteDiarizer
from coach.speech.diarizers.pyannote_parts import CONFIG, find, looks_like_pipeline

AUTO, BUNDLED, NONE, PYANNOTE = "auto", "bundled", "none", "pyannote"

_BEST_FIRST = ("community-1", "3.1")


def open_diarizer(name: str | None, *, device: str = "auto", models: Path) -> Diarizer | None:
    """Return the diarizer that a name means, not yet loaded; ``None`` where nobody is to be told apart.

    Args:
        name: ``auto`` or ``None`` for a pyannote pipeline in the folder of models if the library can run one, else
            the bundled one, if its package is installed; ``bundled``; ``none``; ``pyannote:`` and a folder or the id
            of a pipeline that was downloaded before; or the path of a folder with a pipeline.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``; the bundled one always runs on the processor.
        models: Folder of models.

    Raises:
        UsageError: Neither a diarizer nor a folder is called that, or the device is none.
        ModelError: The pipeline is named and not on this computer, or not whole.
    """
    if device not in get_args(Device):
        raise UsageError(f'There is no device "{device}": it is one of {", ".join(get_args(Device))}.')
    where = cast(Device, device)
    if name is None or name == AUTO:
        pipeline = _placed(models)
        return _bundled_if_there() if pipeline is None else PyannoteDiarizer(str(pipeline), device=where)
    if name == BUNDLED:
        return _bundled()
    if name == NONE:
        return None
    if name == PYANNOTE:
        return _of_models(models, where)
    if name.startswith(f"{PYANNOTE}:"):
        return _pyannote(name.removeprefix(f"{PYANNOTE}:"), where)
    if _looks_like_path(name) or name.startswith("pyannote/"):
        return _pyannote(name, where)
    hint = did_you_mean(name, (AUTO, BUNDLED, NONE, f"{PYANNOTE}:FOLDER"))
    raise UsageError(f'There is no diarizer "{name}"; {hint}')


def _placed(models: Path) -> Path | None:
    """Return the best pipeline in the folder of models that can run as it lies there."""
    if not PyannoteDiarizer.available():
        return None
    return next((folder for folder in _pipelines(models) if _whole(folder)), None)


def _pipelines(models: Path) -> list[Path]:
    """Return the folders with a pipeline, at most two levels down, the best kind first."""
    found = {path.parent for depth in ("*", "*/*") for path in models.glob(f"{depth}/{CONFIG}")}

    def rank(folder: Path) -> tuple[int, str]:
        return next((at for at, kind in enumerate(_BEST_FIRST) if kind in folder.name), len(_BEST_FIRST)), str(folder)

    return sorted(filter(looks_like_pipeline, found), key=rank)


def _whole(folder: Path) -> bool:
    try:
        find(str(folder))
    except ModelError:
        return False
    return True


def _of_models(models: Path, device: Device) -> Diarizer:
    pipelines = _pipelines(models)
    if not pipelines:
        raise ModelError(
            f"There is no pyannote pipeline in {models}. `coach models pull "
            "pyannote/speaker-diarization-community-1` says how to get one."
        )
    return _pyannote(str(pipelines[0]), device)


def _pyannote(source: str, device: Device) -> Diarizer:
    find(source)  # before a recording is decoded for nothing
    return PyannoteDiarizer(source, device=device)


def _bundled() -> Diarizer:
    from coach.speech.diarizers.bundled import BundledDiarizer  # noqa: PLC0415  (not needed where pyannote runs)

    return BundledDiarizer()


def _bundled_if_there() -> Diarizer | None:
    from coach.speech.diarizers.bundled import BundledDiarizer  # noqa: PLC0415  (the same)

    return BundledDiarizer() if BundledDiarizer.available() else None


def _looks_like_path(name: str) -> bool:
    return Path(name).is_dir() or name.startswith((".", "/", "~")) or "\\" in name

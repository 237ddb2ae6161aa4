"""Which speech models there are, which are on this computer, and whether their files are what they should be."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from coach.conversation import ModelError, UsageError
from coach.resources import resource

Engine = Literal["bundled", "faster-whisper", "sentences"]
SENTENCES: Engine = "sentences"
"""What tells how near sentences come in meaning: no recogniser, and never taken for one."""

State = Literal["sound", "absent", "incomplete", "altered"]

NOWHERE = Path(os.devnull)
"""Stands for a folder of pulled models where only a package's model is meant: nothing can lie below it."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    Attributes:
        path: Below the model's folder, with forward slashes.
        size: Bytes.
        sha256: Lower-case hex.
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A Python package that carries a model.

    Attributes:
        name: As it is installed by.
        version: The one whose files are known.
        folder: Where in the package's installed files the model lies.
    """

    name: str
    version: str
    folder: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of models that files are fetched from.

    Attributes:
        repository: Owner and name.
        revision: Commit, 40 hex digits: fixes every byte.
    """

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the manifest.

    Attributes:
        id: What a user types.
        engine: Which transcriber runs it; ``sentences`` for a model of what sentences mean.
        rank: The best installed one is the highest.
        languages: Codes, or ``multilingual``.
        licence: SPDX identifier.
        purpose: One sentence: what it is good for.
        card: File name below ``models/cards``.
        source: Where its files come from.
        files: All that it needs.
        calibration: Engine's own numbers that turn its scores into confidence.
    """

    id: str
    engine: Engine
    rank: int
    languages: tuple[str, ...]
    licence: str
    purpose: str
    card: str
    source: Package | Hub
    files: tuple[ModelFile, ...]
    calibration: Mapping[str, float]

    @property
    def size(self) -> int:
        """Bytes on disk, all files together."""
        return sum(file.size for file in self.files)

    @property
    def digest(self) -> str:
        """One hex digest over all files, short enough for a fingerprint."""
        listing = "\n".join(f"{file.sha256} {file.path}" for file in sorted(self.files, key=lambda file: file.path))
        return hashlib.sha256(listing.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at one model's files showed.

    Attributes:
        model: The entry.
        folder: Where the files lie or would lie; ``None`` for a package that is not installed.
        state: ``sound``, ``absent``, ``incomplete`` (files missing or too short) or ``altered``.
        files: Paths of the files that are missing or wrong.
    """

    model: Model
    folder: Path | None
    state: State
    files: tuple[str, ...] = ()


@cache
def models() -> tuple[Model, ...]:
    """Return every model of the manifest, in its order."""
    with resource("models", "manifest.toml").open("rb") as manifest:
        return tuple(_model(entry) for entry in tomllib.load(manifest)["models"])


def find(name: str, *, others: Sequence[str] = ()) -> Model:
    """Return a model by its id, or by the end of it: ``small.en`` for ``faster-whisper-small.en``.

    Args:
        name: What the user typed.
        others: Names that would have been right too, for the hint.

    Raises:
        UsageError: There is none, or the model is gated and cannot be fetched without an account.
    """
    known = {model.id: model for model in models()}
    if name in known:
        return known[name]
    for prefix in ("faster-whisper-", "faster-", "faster-whisper-large-v3-"):
        if prefix + name in known:
            return known[prefix + name]
    if name == "distil-small.en" or name.startswith("distil-large"):
        return find("faster-" + name.replace("distil-", "distil-whisper-"), others=others)
    if name.startswith("pyannote/"):
        raise UsageError(_gate(name))
    near = get_close_matches(name, [*known, *others], n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(f"There is no model called {name!r}.{hint} `coach models list` shows what there is.")


def folder(model: Model, models_dir: Path = NOWHERE) -> Path | None:
    """Return where a model's files lie or would lie; ``None`` for a package that is not installed.

    Args:
        model: The entry.
        models_dir: Where pulled models are kept; a model that a package carries needs none.
    """
    if isinstance(model.source, Hub):
        return models_dir / model.id
    try:
        return Path(str(distribution(model.source.name).locate_file(model.source.folder)))
    except PackageNotFoundError:
        return None


def installed(models_dir: Path) -> tuple[Model, ...]:
    """Return the models whose files are all there with the right sizes, best first; nothing is hashed."""
    there = [model for model in models() if present(model, models_dir)]
    return tuple(sorted(there, key=lambda model: -model.rank))


def present(model: Model, models_dir: Path = NOWHERE) -> bool:
    """Return whether all files of a model are there with the right sizes; nothing is hashed."""
    return _look(model, models_dir).state == "sound"


def verify(models_dir: Path) -> list[Verdict]:
    """Return a verdict on every model of the manifest, each file of the installed ones hashed."""
    return [check(model, models_dir) for model in models()]


def check(model: Model, models_dir: Path = NOWHERE) -> Verdict:
    """Return a verdict on one model, every file hashed."""
    verdict = _look(model, models_dir)
    if verdict.state != "sound" or verdict.folder is None:
        return verdict
    wrong = tuple(file.path for file in model.files if sha256(verdict.folder / file.path) != file.sha256)
    return Verdict(model, verdict.folder, "altered", wrong) if wrong else verdict


def require(model: Model, models_dir: Path = NOWHERE) -> Path:
    """Return the folder of a model that is installed and whole.

    Raises:
        ModelError: It is missing, incomplete or altered.
    """
    verdict = check(model, models_dir)
    if verdict.state == "sound" and verdict.folder is not None:
        return verdict.folder
    raise ModelError(explain(verdict))


def explain(verdict: Verdict) -> str:
    """Return one or two sentences on a verdict: what is so, and what to do."""
    model = verdict.model
    if verdict.state == "sound":
        return f"{model.id} is complete and unaltered."
    if isinstance(model.source, Package):
        package = f"{model.source.name}=={model.source.version}"
        if verdict.folder is None:
            return (
                f"The bundled speech model is not installed: it comes with the package {package}, which is made for "
                "Linux (glibc 2.34 or later, x86-64 and aarch64), macOS 15 on Apple silicon and Windows x64. Where "
                f'that is yours, `pip install "{package}"`. Elsewhere transcripts can still be read with '
                "--transcript FILE, and `coach models pull faster-distil-whisper-small.en` fetches an engine that "
                "runs everywhere."
            )
        return (
            f"The bundled speech model is {verdict.state} ({', '.join(verdict.files)}). Put it back with "
            f'`pip install --force-reinstall --no-deps "{package}"`.'
        )
    if verdict.state == "absent":
        return f"{model.id} is not on this computer. `coach models pull {model.id}` fetches it."
    return f"{model.id} is {verdict.state} ({', '.join(verdict.files)}). `coach models pull {model.id}` mends it."


def sha256(path: Path) -> str:
    """Return the hex digest of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _gate(name: str) -> str:
    folder_name = name.rpartition("/")[2] or "FOLDER"
    return (
        f"{name} is a gated model: its owner asks you to accept conditions, so it cannot be fetched for you. With an "
        f"account of your own at Hugging Face: accept the conditions on the page of {name}, make a token that may "
        f"read it, and run `hf auth login` and `hf download {name} --local-dir {folder_name}`. Then `coach review CALL "
        f"--diarizer pyannote:{folder_name}`; reviews stay offline. It needs the package pyannote.audio (see "
        "requirements/torch.txt); a recording with one party a channel needs none of it."
    )


def _look(model: Model, models_dir: Path) -> Verdict:
    where = folder(model, models_dir)
    if where is None or not where.is_dir():
        return Verdict(model, where, "absent", tuple(file.path for file in model.files))
    wrong = tuple(file.path for file in model.files if _size(where / file.path) != file.size)
    return Verdict(model, where, "incomplete" if wrong else "sound", wrong)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _model(entry: Mapping[str, Any]) -> Model:
    source = Hub(**entry["hub"]) if "hub" in entry else Package(**entry["package"])
    return Model(
        id=entry["id"],
        engine=entry["engine"],
        rank=entry["rank"],
        languages=tuple(entry["languages"]),
        licence=entry["licence"],
        purpose=entry["purpose"],
        card=entry["card"],
        source=source,
        files=tuple(ModelFile(**file) for file in entry["files"]),
        calibration=MappingProxyType(dict(entry.get("calibration", {}))),
    )

"""Find a pyannote pipeline on this computer, with every part it is made of; nothing is ever fetched."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from coach.conversation import ModelError
from coach.speech import registry

CONFIG = "config.yaml"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+(@[\w.-]+)?")
_OWN = "pyannote.audio.pipelines."
_ELSEWHERE = "pyannoteai"  # these classes hand the sound to a service, or to a program of its own
_PARTS = ("segmentation", "embedding", "plda", "separation")
_WEIGHTS = (CONFIG, "pytorch_model.bin", "xvec_transform.npz", "plda.npz")
_BEFORE_VBX = ("AgglomerativeClustering", "KMeansClustering", "OracleClustering")


@dataclass(frozen=True, slots=True)
class Parts:
    """A pipeline whose parts all lie on this computer.

    Attributes:
        name: As the report shows it.
        config: What ``config.yaml`` says, its parts given as folders.
        files: Configuration and weights: what its results depend on.
    """

    name: str
    config: Mapping[str, Any]
    files: tuple[Path, ...]

    @property
    def digest(self) -> str:
        """One hex digest over all files, short enough for a fingerprint."""
        listing = "\n".join(f"{registry.sha256(path)} {path.parent.name}/{path.name}" for path in self.files)
        return hashlib.sha256(listing.encode()).hexdigest()[:16]


def find(source: str) -> Parts:
    """Return a pipeline that is on this computer.

    Args:
        source: A folder with a ``config.yaml``, that file, or the id of a repository that was downloaded before.

    Raises:
        ModelError: It is not here, not whole, damaged, or hands the sound to others.
    """
    stay_offline()
    config_file = _config_file(source)
    config = _read(config_file)
    parameters = config["pipeline"].setdefault("params", {})
    folders = []
    for part in _PARTS:
        if (value := parameters.get(part)) is not None:
            parameters[part], folder = _resolved(value, config_file.parent, source)
            folders.append(folder)
    files = [config_file]
    for folder in folders:
        if folder is not None:
            files += [folder] if folder.is_file() else [folder / name for name in _WEIGHTS if (folder / name).is_file()]
    name = source if _is_id(source) else config_file.parent.name
    return Parts(name, config, tuple(dict.fromkeys(files)))


def needs_no_plda(config: Mapping[str, Any]) -> bool:
    """Return whether a pipeline is of the kind before community-1, which has no PLDA and never asks for one."""
    parameters = config["pipeline"]["params"]
    return "plda" not in parameters and parameters.get("clustering") in _BEFORE_VBX


def looks_like_pipeline(folder: Path) -> bool:
    """Return whether a folder holds a pipeline's configuration; nothing heavy is loaded for it."""
    try:
        text = (folder / CONFIG).read_text(encoding="utf-8", errors="replace")[:10_000]
    except OSError:
        return False
    return _OWN in text and _ELSEWHERE not in text


def stay_offline() -> None:
    """Keep the libraries from the network, whether or not they are loaded by now."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    # It reads the environment only when it is first imported.
    vars(import_module("huggingface_hub.constants"))["HF_HUB_OFFLINE"] = True


def _config_file(source: str) -> Path:
    path = Path(source).expanduser()
    if path.is_dir():
        path = path / CONFIG
    elif not path.is_file() and _is_id(source):
        path = _cached(source) / CONFIG
    if not path.is_file():
        raise ModelError(
            f"There is no pyannote pipeline at {source}: a pipeline is a folder with a {CONFIG}, or the id of one that "
            "was downloaded before. `coach models pull pyannote/speaker-diarization-community-1` says how to get one."
        )
    return path.resolve()


def _read(path: Path) -> dict[str, Any]:
    yaml = import_module("yaml")
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = config["pipeline"]["name"]
        whole = isinstance(name, str) and isinstance(config["pipeline"].get("params", {}), dict)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be read as the configuration of a pyannote pipeline.") from error
    if not whole:
        raise ModelError(f"{path} cannot be read as the configuration of a pyannote pipeline.")
    if _ELSEWHERE in name:
        raise ModelError(f"The pipeline in {path} hands recordings to a service; coach keeps them on this computer.")
    if not name.startswith(_OWN):
        raise ModelError(f"The pipeline in {path} is none of pyannote.audio's own ({name}).")
    return dict(config)


def _resolved(value: Any, folder: Path, source: str) -> tuple[Any, Path | None]:  # noqa: ANN401  (as YAML has it)
    """Return a part as the library takes it, and where it lies; what we do not know is left to the library."""
    if isinstance(value, Mapping) and isinstance(value.get("checkpoint"), str):
        inner, where = _resolved(value["checkpoint"], folder, source)
        rest = {key: item for key, item in value.items() if key not in ("checkpoint", "revision")}
        if not isinstance(inner, Mapping) or where is None:
            return value, None
        below = where / str(rest.pop("subfolder", None) or "")
        return {**inner, **rest, "checkpoint": str(below)}, below
    if not isinstance(value, str):
        return value, None
    if value.startswith("$model/"):
        where = folder / value.removeprefix("$model/").partition("@")[0]
    elif (folder / value).exists():
        where = folder / value
    elif _is_id(value):
        where = _cached(value)
        if not any((where / name).is_file() for name in _WEIGHTS[1:]):
            return value, where  # of another make (speechbrain, ONNX): the library knows how
    else:
        where = Path(value)
    if not where.exists():
        raise ModelError(f"The pyannote pipeline {source} is not whole: {where} is missing. Download it again.")
    return {"checkpoint": str(where)}, where


def _cached(repository: str) -> Path:
    """Return the folder of a repository that was downloaded before."""
    name, _, revision = repository.partition("@")
    hub = import_module("huggingface_hub")
    try:
        return Path(hub.snapshot_download(name, revision=revision or None, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name} is not on this computer. `coach models pull {name}` says how to get it."
            if name.startswith("pyannote/")
            else f"{name} is not on this computer. `hf download {name}` fetches it."
        ) from error


def _is_id(text: str) -> bool:
    return _HUB_ID.fullmatch(text) is not None

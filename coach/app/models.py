"""The use cases of speech models: list them, fetch one, check them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from coach.app.pipeline import models_folder
from coach.app.settings import gather
from coach.speech import inside, registry

Bytes = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes there will be."""

_SENTENCES = {
    "sound": "sound: every file is as it should be",
    "absent": "not here",
    "incomplete": "incomplete: pull it again to go on where it stopped",
    "altered": "altered: files differ from what they should be; delete the folder and pull it again",
}

_REINSTALL = "altered: the package that carries it is damaged or of another version; install it anew"


@dataclass(frozen=True, slots=True)
class Row:
    """One model, as the list shows it."""

    id: str
    here: bool
    megabytes: int
    licence: str
    purpose: str

    def as_data(self) -> dict[str, object]:
        """Return plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Checked:
    """One model's state, in words."""

    id: str
    state: str
    sentence: str
    files: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Whether something is there that cannot be used."""
        return self.state in ("incomplete", "altered")

    def as_data(self) -> dict[str, object]:
        """Return plain data."""
        return asdict(self)


def listing() -> list[Row]:
    """Return every model of the manifest."""
    folder = models_folder(gather({}))
    return [
        Row(model.id, registry.present(model, folder), max(1, round(model.size / 1e6)), model.licence, model.purpose)
        for model in registry.models()
    ] + [
        Row(network.id, inside.present(network), max(1, round(network.size / 1e6)), network.licence, network.purpose)
        for network in inside.networks()
    ]


def fetch(name: str, progress: Bytes) -> Path:
    """Fetch a model and return its folder.

    Args:
        name: As the list shows it.
        progress: Told bytes done and in all.

    Raises:
        UsageError: There is no such model.
        ModelError: It could not be fetched, or is not what it should be.
        StorageError: The disk is full.
    """
    from coach.speech.download import pull  # noqa: PLC0415  (what can connect loads where somebody asks for that)

    return pull(name, models_folder(gather({})), report=progress)


def verdicts() -> list[Checked]:
    """Return the state of every model, each file hashed."""
    found = [
        Checked(verdict.model.id, verdict.state, _SENTENCES[verdict.state], verdict.files)
        for verdict in registry.verify(models_folder(gather({})))
    ]
    for network in inside.networks():
        state = inside.state(network)
        sentence = _REINSTALL if state == "altered" else _SENTENCES[state]
        found.append(Checked(network.id, state, sentence, ()))
    return found

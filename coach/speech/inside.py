"""Networks that lie inside a package's library: found by their bytes, read without loading the library.

A program that is written in C++ can carry its networks as data. Such a one is the same run of bytes in the library of
every system, so that its length and its hash say where it is and that it is whole.
"""

from __future__ import annotations

import hashlib
import mmap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from coach.conversation import ModelError
from coach.resources import resource

State = Literal["sound", "absent", "altered"]

_MARK, _MARK_AT = b"ORTM", 4  # onnxruntime's own format says so, from its fifth byte on
_LIBRARIES = (".so", ".dylib", ".dll")


@dataclass(frozen=True, slots=True)
class Network:
    """One network inside a library.

    Attributes:
        id: What the manifest calls it.
        package: Name of the Python package.
        version: The one whose bytes are known.
        folder: Where in the package's installed files the library lies.
        size: Bytes.
        sha256: Lower-case hex.
        licence: SPDX identifier of the weights.
        purpose: One sentence: what it is good for.
        card: File name below ``models/cards``.
    """

    id: str
    package: str
    version: str
    folder: str
    size: int
    sha256: str
    licence: str
    purpose: str
    card: str

    @property
    def digest(self) -> str:
        """A part of the hash, long enough for a fingerprint."""
        return self.sha256[:16]


@cache
def networks() -> tuple[Network, ...]:
    """Return every network of the manifest, in its order."""
    with resource("models", "manifest.toml").open("rb") as manifest:
        return tuple(Network(**entry) for entry in tomllib.load(manifest)["networks"])


def find(name: str) -> Network:
    """Return a network by its id.

    Raises:
        KeyError: The manifest has none.
    """
    return {network.id: network for network in networks()}[name]


def state(network: Network) -> State:
    """Return whether a network is there and whole; ``altered`` if its package is there and it is not."""
    libraries = list(_libraries(network))
    if not libraries:
        return "absent"
    return "altered" if _bytes(network, libraries) is None else "sound"


def present(network: Network) -> bool:
    """Return whether the package that carries a network is installed in the known version; nothing is hashed."""
    try:
        installed = distribution(network.package).version
    except PackageNotFoundError:
        return False
    return installed == network.version and any(_libraries(network))


def read(network: Network) -> bytes:
    """Return the bytes of a network, for ``onnxruntime.InferenceSession``.

    Raises:
        ModelError: The package is not installed, or carries another network.
    """
    libraries = list(_libraries(network))
    if not libraries:
        raise ModelError(
            f"The network {network.id} is not on this computer: it comes with the package {network.package} "
            f"{network.version}, which is not installed. It has no wheel for every system; the README says which."
        )
    found = _bytes(network, libraries)
    if found is None:
        raise ModelError(
            f"The network {network.id} is not in {libraries[0]}: the package {network.package} is damaged or of "
            f"another version. Install it anew: `pip install --force-reinstall {network.package}=={network.version}`."
        )
    return found


def _libraries(network: Network) -> Iterator[Path]:
    try:
        folder = Path(str(distribution(network.package).locate_file(network.folder)))
    except PackageNotFoundError:
        return
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.suffix in _LIBRARIES and "moonshine" in path.name)


def _bytes(network: Network, libraries: list[Path]) -> bytes | None:
    for path in libraries:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            at = held.find(_MARK)
            while at >= 0:
                start = at - _MARK_AT
                found = held[max(start, 0) : start + network.size]
                if hashlib.sha256(found).hexdigest() == network.sha256:
                    return found
                at = held.find(_MARK, at + 1)
    return None

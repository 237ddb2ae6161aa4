"""A folder of reports, on this computer or at an address: what is written there is there whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from coach.app.intake.shown import bare, folder_shown, is_address
from coach.conversation import StorageError, UsageError
from coach.reporting.files import write_atomically

PROBE: Final = ".coach"
"""What is written to an address, and removed, to learn whether reports can be."""

_HEAD = 4096
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")  # as a path has it: two slashes are one there


class ReportFolder(Protocol):
    """Where reports and pages go. Names are relative to it, with ``/`` between their parts."""

    @property
    def shown(self) -> str:
        """What it may be called wherever people look."""

    @property
    def secret(self) -> str | None:
        """Its address with what it takes to get in, to be shown nowhere; ``None`` of a folder on this computer."""

    def place(self, name: str) -> str:
        """Return where a file lies: its path, or its address without what it takes to get in."""

    def memory(self, kept: Path) -> Path:
        """Return the folder on this computer for what runs note for the next: itself, or one beside the store.

        Args:
            kept: The store's folder.
        """

    def prepare(self, below: str = "") -> None:
        """Make it, or a folder in it, for its owner alone where that can be said.

        Raises:
            StorageError: It cannot be made.
        """

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file; what stands there is replaced.

        Raises:
            StorageError: It cannot be written.
        """

    def holds(self, name: str) -> bool:
        """Return whether a file is there."""

    def head(self, name: str) -> bytes:
        """Return how a file begins; nothing where it cannot be read."""

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, ``None`` where there is none or it cannot be read."""

    def names(self, below: str = "") -> list[str]:
        """Return the files right in it, or in a folder in it, by their names there.

        Raises:
            StorageError: It cannot be looked into.
        """

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is gone already.

        Raises:
            StorageError: It cannot be removed.
        """


@dataclass(frozen=True, slots=True)
class Near:
    """A folder on this computer."""

    path: Path

    @property
    def shown(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def secret(self) -> None:
        """There is none."""
        return None

    def place(self, name: str) -> str:
        """Return a file's path."""
        return str(self.path / name)

    def memory(self, kept: Path) -> Path:  # noqa: ARG002  (as of one at an address)
        """Return itself: what belongs together lies together."""
        return self.path

    def prepare(self, below: str = "") -> None:
        """Make it, or a folder in it."""
        folder = self.path / below
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {folder} cannot be made: {error.strerror}. Choose another with --out."
            ) from error

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file."""
        write_atomically(self.path / name, content)

    def holds(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.path / name).is_file()

    def head(self, name: str) -> bytes:
        """Return how a file begins."""
        try:
            with (self.path / name).open("rb") as file:
                return file.read(_HEAD)
        except OSError:
            return b""

    def read(self, name: str) -> bytes | None:
        """Return what a file holds."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return None

    def names(self, below: str = "") -> list[str]:
        """Return the files right in it."""
        folder = self.path / below
        try:
            return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
        except OSError as error:
            raise StorageError(f"{folder} cannot be looked into: {error.strerror}. Change its permissions.") from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        path = self.path / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"{path} could not be removed: {error.strerror}. Change its permissions, and run this again."
            ) from error


@dataclass(frozen=True, slots=True)
class Far:
    """A folder at an address. What it takes to get in is told to its system and to nobody else.

    Raises:
        UsageError: No folder can be called so.
    """

    address: str = field(repr=False)

    def __post_init__(self) -> None:
        """See to it that it names a folder."""
        address = self.address
        if "::" in address or "?" in address or "#" in address:
            raise UsageError(
                f"{folder_shown(address)} is no address of a folder for reports: it has “::”, “?” or “#” in it. "
                "What it takes to get in belongs in the settings of its system."
            )
        if not address.partition("://")[2].strip("/"):
            raise UsageError(f"{folder_shown(address)} names no folder for reports. Write it as s3://bucket/reports.")
        object.__setattr__(self, "address", address.rstrip("/"))

    @property
    def shown(self) -> str:
        """Its address, without what it takes to get in."""
        return folder_shown(self.address)

    @property
    def secret(self) -> str:
        """Its address with what it takes to get in."""
        return self.address

    @property
    def bare(self) -> str:
        """Its address as it may be kept."""
        return bare(self.address)

    def place(self, name: str) -> str:
        """Return a file's address as it may be kept."""
        return f"{self.bare}/{name}"

    def memory(self, kept: Path) -> Path:
        """Return a folder beside the store, of this address alone."""
        return kept / f"at-{hashlib.sha256(self.bare.encode()).hexdigest()[:12]}"

    def prepare(self, below: str = "") -> None:
        """Learn whether it, or a folder in it, can be written to: most systems make folders with their files."""
        self.write(f"{below}/{PROBE}" if below else PROBE, b"")
        self.remove(f"{below}/{PROBE}" if below else PROBE)

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file."""
        from coach.app.publishing import put  # noqa: PLC0415  (only where something lies elsewhere)

        below, last = self._split(name)
        put(below, {last: content})

    def holds(self, name: str) -> bool:
        """Return whether a file is there."""
        below, last = self._split(name)
        return last in self._names(below)

    def head(self, name: str) -> bytes:
        """Return how a file begins."""
        from coach.app.remote import head_at  # noqa: PLC0415

        return head_at(f"{self.address}/{name}")

    def read(self, name: str) -> bytes | None:
        """Return what a file holds."""
        from coach.app.remote import read_at  # noqa: PLC0415

        return read_at(f"{self.address}/{name}")

    def names(self, below: str = "") -> list[str]:
        """Return the files right in it."""
        return sorted(self._names(f"{self.address}/{below}" if below else self.address))

    def remove(self, name: str) -> None:
        """Remove a file."""
        from coach.app.publishing import remove_at  # noqa: PLC0415

        remove_at(*self._split(name))

    def sweep(self, *below: str) -> None:
        """Remove what killed runs left half-written in it, and in folders in it."""
        from coach.app.publishing import sweep_at  # noqa: PLC0415

        for folder in ("", *below):
            sweep_at(f"{self.address}/{folder}".rstrip("/"))

    def _names(self, address: str) -> Iterable[str]:
        from coach.app.remote import infos_at  # noqa: PLC0415

        return infos_at(address).keys()

    def _split(self, name: str) -> tuple[str, str]:
        below, _, last = name.rpartition("/")
        return (f"{self.address}/{below}" if below else self.address), last


def near_folder(text: str) -> Path:
    """Return the folder on this computer that is named for what goes to no address.

    Raises:
        UsageError: It is an address.
    """
    address = _ADDRESS.match(text)
    if address is None:
        return Path(text)
    whole = f"{address[1]}://{text[address.end() :].lstrip('/')}"
    raise UsageError(
        f"{folder_shown(whole)} is an address, and only the reports of coach shift and coach nightly can go to one. "
        "Name a folder on this computer with --out."
    )


def folder_at(text: str | Path) -> Near | Far:
    """Return the folder of reports that a path or an address names.

    Raises:
        UsageError: It is an address, and no folder can be called so.
    """
    if isinstance(text, str) and is_address(text):
        return Far(text)
    if "::" in str(text) and "://" in str(text):
        raise UsageError("A chain of addresses (“::”) names no folder for reports. Name it by one address.")
    return Near(Path(text))

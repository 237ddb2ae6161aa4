"""Fetching a speech model: the only place in the product that opens a connection to a server of models.

A file is fetched into ``NAME.part``, checked against the manifest, made durable and renamed; the folder of a model
gets its name only when every file in it is whole. An interrupted fetch goes on where it stopped.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests

from coach.conversation import ModelError, StorageError, UsageError
from coach.speech import registry
from coach.speech.registry import Hub, Model, ModelFile

HUB = "https://huggingface.co"
"""Where models are fetched from unless the environment's ``HF_ENDPOINT`` names a mirror."""

Report = Callable[[int, int], None]
"""Called with the bytes that are here and those of the whole model; the first falls when a file is begun anew."""

_BLOCK = 1 << 16  # what a broken line costs at most
_PARTIAL, _OK, _RANGE_REFUSED = 206, 200, 416
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to put up with a bad line.

    Attributes:
        tries: Times in a row without a single new byte before giving up.
        first_wait: Seconds before the second try; each further wait is twice as long.
        longest_wait: Seconds, at most.
        timeout: Seconds without an answer or a byte.
    """

    tries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 30.0
    timeout: float = 30.0

    def wait(self, failed: int) -> float:
        """Return the seconds to wait after so many failures in a row."""
        return min(self.first_wait * 2.0 ** (failed - 1), self.longest_wait)


def hub(environment: Mapping[str, str] = os.environ) -> str:
    """Return the address of the hub: ``HF_ENDPOINT`` where it is set."""
    return (environment.get("HF_ENDPOINT") or HUB).rstrip("/")


def pull(
    name: str,
    models_dir: Path,
    *,
    report: Report | None = None,
    base: str | None = None,
    patience: Patience | None = None,
) -> Path:
    """Fetch a model of the manifest and return its folder; nothing is fetched that is here already.

    Args:
        name: As in the manifest.
        models_dir: Folder of pulled models; made where it is missing.
        report: Told how many bytes are here.
        base: Address of the hub; by default ``hub()``.
        patience: How long to put up with a bad line.

    Raises:
        UsageError: There is no such model, or it comes with a package.
        ModelError: The hub does not have it, cannot be reached, or sent something else.
        StorageError: The disk is full or cannot be written.
    """
    return fetch(registry.find(name), models_dir, report=report, base=base, patience=patience)


def fetch(
    model: Model,
    models_dir: Path,
    *,
    report: Report | None = None,
    base: str | None = None,
    patience: Patience | None = None,
) -> Path:
    """Fetch a model and return its folder; see ``pull``.

    Raises:
        UsageError: It comes with a package.
        ModelError: The hub does not have it, cannot be reached, or sent something else.
        StorageError: The disk is full or cannot be written.
    """
    if not isinstance(model.source, Hub):
        raise UsageError(f"{model.id} is not fetched: it comes with the package {model.source.name}.")
    here = models_dir / model.id
    if registry.check(model, models_dir).state == "sound":
        return here
    staging = models_dir / f".{model.id}-{model.source.revision[:12]}"  # another revision's bytes are of no use
    address = f"{base or hub()}/{model.source.repository}/resolve/{model.source.revision}"
    with _storage(models_dir):
        staging.mkdir(parents=True, exist_ok=True)
        _adopt(model, here, staging)
        _has_room(model, staging)
    tally = _Tally(model, staging, report)
    with requests.Session() as session:
        for file in model.files:
            _File(file, staging / file.path, f"{address}/{quote(file.path)}", tally).fetch(
                session, patience or Patience()
            )
    with _storage(models_dir):
        shutil.rmtree(here, ignore_errors=True)
        staging.replace(here)
        _settle(models_dir)
    return here


class _Tally:
    """How many bytes of a model are here."""

    def __init__(self, model: Model, staging: Path, report: Report | None) -> None:
        self._model, self._staging, self._report = model, staging, report

    def tell(self) -> None:
        if self._report is not None:
            paths = (self._staging / file.path for file in self._model.files)
            self._report(sum(max(_size(path), _size(_part(path)), 0) for path in paths), self._model.size)


@dataclass(frozen=True, slots=True)
class _File:
    """One file on its way.

    Attributes:
        file: What it must become.
        path: Where it goes.
        address: Where it comes from.
        tally: To be told of progress.
    """

    file: ModelFile
    path: Path
    address: str
    tally: _Tally

    @property
    def part(self) -> Path:
        return _part(self.path)

    def fetch(self, session: requests.Session, patience: Patience) -> None:
        with _storage(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        if _size(self.path) != self.file.size:
            self._receive(session, patience)
            self._accept()
        self.tally.tell()

    def _receive(self, session: requests.Session, patience: Patience) -> None:
        if _size(self.part) > self.file.size:
            self.part.unlink()
        failed, most = 0, _size(self.part)
        while _size(self.part) < self.file.size:
            try:
                self._once(session, patience.timeout)
            except requests.RequestException as error:
                failed = 1 if _size(self.part) > most else failed + 1
                most = max(most, _size(self.part))  # a file begun anew is no progress until it passes this
                if failed >= patience.tries:
                    raise ModelError(
                        f"{_host(self.address)} could not be reached, or the line broke {failed} times in a row. What "
                        "came is kept: run the same command again and it goes on from there."
                    ) from error
                time.sleep(patience.wait(failed))

    def _once(self, session: requests.Session, timeout: float) -> None:
        """Ask for the rest of the file and write what comes."""
        have = max(_size(self.part), 0)
        headers = {"Accept-Encoding": "identity"}  # lengths and ranges must be those of the file itself
        if have:
            headers["Range"] = f"bytes={have}-"
        with session.get(self.address, headers=headers, stream=True, timeout=timeout) as answer:
            if answer.status_code == _RANGE_REFUSED:
                self.part.unlink(missing_ok=True)
                raise requests.ConnectionError("the server has less than what is here")
            self._judge(answer.status_code)
            begun_anew = answer.status_code != _PARTIAL
            with _storage(self.path.parent), self.part.open("wb" if begun_anew else "ab") as part:
                written = 0 if begun_anew else have
                for block in answer.iter_content(_BLOCK):
                    written += len(block)
                    if written > self.file.size:
                        break
                    part.write(block)
                    part.flush()
                    self.tally.tell()
        if written > self.file.size:
            self.part.unlink(missing_ok=True)
            raise ModelError(f"{self.address} sent more than the {self.file.size} bytes that the file has.{_MIRROR}")
        if written < self.file.size:
            raise requests.ConnectionError("the line broke before the end of the file")

    def _judge(self, status: int) -> None:
        if status in _TRY_AGAIN:
            raise requests.HTTPError(f"the server answered {status}")
        if status in {401, 403}:
            raise ModelError(
                f"{_host(self.address)} wants an account for {self.address} (it answered {status}). The models in the "
                "manifest need none: a proxy or a mirror may be in the way."
            )
        if status not in {_OK, _PARTIAL}:
            raise ModelError(f"{self.address} is not there: the server answered {status}.{_MIRROR}")

    def _accept(self) -> None:
        """Check the whole file and give it its name."""
        if registry.sha256(self.part) != self.file.sha256:
            self.part.unlink()
            raise ModelError(
                f"{self.file.path} came damaged or is not the file that the manifest names; it was removed. Run the "
                f"same command again.{_MIRROR}"
            )
        with _storage(self.path.parent):
            with self.part.open("rb+") as part:
                os.fsync(part.fileno())
            self.part.replace(self.path)
            _settle(self.path.parent)


_MIRROR = " If HF_ENDPOINT names a mirror, try without it."


def _adopt(model: Model, here: Path, staging: Path) -> None:
    """Take over what is sound of a model that lost or spoiled some of its files."""
    for file in model.files:
        old, new = here / file.path, staging / file.path
        if not new.exists() and _size(old) == file.size and registry.sha256(old) == file.sha256:
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, new)


def _has_room(model: Model, staging: Path) -> None:
    here = sum(max(_size(staging / file.path), _size(_part(staging / file.path)), 0) for file in model.files)
    free = shutil.disk_usage(staging).free
    if free < model.size - here:
        raise StorageError(
            f"{model.id} needs {(model.size - here) / 1e6:.0f} MB more in {staging.parent}, and {free / 1e6:.0f} MB "
            "are free. Make room, or name another folder of models."
        )


@contextmanager
def _storage(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence."""
    try:
        yield
    except requests.RequestException:
        raise  # these are OSErrors too, and mean the line
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                f"The disk of {folder} is full. What was fetched is kept: make room and run the same command again."
            ) from error
        raise StorageError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _settle(folder: Path) -> None:
    """Make a rename inside a folder survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _host(address: str) -> str:
    return address.split("/")[2]

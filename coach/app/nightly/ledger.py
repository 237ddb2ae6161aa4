"""What a night has in hand and has not told yet: killed anywhere, the next night tells it too, and each thing once.

One line is added before each recording is begun and before calls are forgotten; when the digest is written and its mail
waits to be sent, the file goes. It holds hashes and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from coach.app.report_folder import Near, ReportFolder
from coach.conversation import StorageError
from coach.files import sync_folder, write_atomically

NAME: Final = ".night.jsonl"
LAST: Final = ".night-last.json"

GAP: Final = timedelta(days=8)
"""Between two nights by the clock; after a longer one nothing is forgotten at once, for it may be the clock's fault."""

WAIT: Final = timedelta(hours=20)
"""After which a clock that still says so is trusted: a person has had a day to look at it."""

MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is no older, so a clock that says less was never set."""

STAMP: Final = "%Y-%m-%d-%H%M%S"

_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{6}(?:-\d+)?")
_TOKEN: Final = re.compile(r"[0-9a-f]{24}")


class Ledger:
    """The file of what is not told yet.

    Attributes:
        keys: Of recordings that were begun, in order.
        forgetting: Hashes of calls that are, or are being, forgotten.
        resumed: Whether an earlier night left something to tell.
    """

    def __init__(self, folder: Path, reports: ReportFolder | None = None) -> None:
        """Read what an earlier night left.

        Args:
            folder: Of the reports, or beside the store where these go to an address.
            reports: Where the digests are; the folder itself unless given.
        """
        self._path = folder / NAME
        self._reports: ReportFolder = reports or Near(folder)
        self.keys: dict[str, None] = {}
        self.forgetting: dict[str, None] = {}
        self._stamp = self._token = ""
        self.resumed = self._path.is_file()
        for line in _lines(self._path):
            self._read(line)

    @property
    def stamp(self) -> str:
        """What the digest is called by: the time at which the untold part began."""
        return self._stamp

    @property
    def token(self) -> str:
        """What the mail is known by, sent once or, after a kill at the wrong moment, twice."""
        return self._token

    @property
    def open(self) -> bool:
        """Whether there is anything to tell."""
        return self.resumed or bool(self._stamp)

    def begin(self, key: str) -> None:
        """Note a recording before it is begun.

        Raises:
            StorageError: It cannot be.
        """
        if key not in self.keys:
            self._add({"key": key})
            self.keys[key] = None

    def forget(self, hashes: Iterable[str]) -> None:
        """Note calls before they are forgotten.

        Raises:
            StorageError: It cannot be.
        """
        if new := [digest for digest in hashes if digest not in self.forgetting]:
            self._add({"forget": new})
            self.forgetting |= dict.fromkeys(new)

    def ensure_begun(self) -> None:
        """Give the night its name, where it has none.

        Raises:
            StorageError: It cannot be noted.
        """
        if not self._stamp:
            self._add(None)

    def close(self) -> None:
        """All is told.

        Raises:
            StorageError: The file cannot be removed.
        """
        try:
            self._path.unlink(missing_ok=True)
            sync_folder(self._path.parent)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def _read(self, line: Mapping[str, object]) -> None:
        if isinstance(key := line.get("key"), str):
            self.keys[key] = None
        if isinstance(hashes := line.get("forget"), list):
            self.forgetting |= dict.fromkeys(map(str, hashes))
        stamp, token = line.get("night"), line.get("token")
        # They become a file's name and a header of the mail: a damaged line is none.
        if isinstance(stamp, str) and isinstance(token, str) and _STAMP.fullmatch(stamp) and _TOKEN.fullmatch(token):
            self._stamp, self._token = stamp, token

    def _add(self, line: Mapping[str, object] | None) -> None:
        lines = [line] if line is not None else []
        if not self._stamp:
            self._stamp, self._token = _stamp(self._reports), secrets.token_hex(12)
            lines.insert(0, {"night": self._stamp, "token": self._token})
        new = not self._path.is_file()
        # A line that a kill cut short stays a line of its own, which nothing reads.
        text = ("" if new else "\n") + "".join(f"{json.dumps(one)}\n" for one in lines)
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write(handle, text.encode())
                os.fsync(handle)
            finally:
                os.close(handle)
            if new:
                sync_folder(self._path.parent)
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _write(handle: int, data: bytes) -> None:
    """Write all of it: on a disk that is nearly full, the system may take a part and say so by a number alone."""
    while data:
        data = data[os.write(handle, data) :]


def _lines(path: Path) -> Iterator[Mapping[str, object]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        with suppress(ValueError, RecursionError):
            read = json.loads(line)
            if isinstance(read, dict):
                yield read


def _stamp(reports: ReportFolder) -> str:
    """Return a name that no other night has, whatever the clock says."""
    now = datetime.now().astimezone().strftime(STAMP)
    taken = {name.removeprefix("night-").removesuffix(".md") for name in reports.names() if name.startswith("night-")}
    return next(name for number in range(1, len(taken) + 2) if (name := _numbered(now, number)) not in taken)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _unwritable(path: Path, error: OSError) -> StorageError:
    reason = error.strerror or type(error).__name__
    return StorageError(f"{path} cannot be written: {reason}. Free some space or mend its permissions; run it again.")


@dataclass(frozen=True, slots=True)
class Postponed:
    """When it was first put off to forget anything.

    Attributes:
        at: By the clock that was not trusted.
        boot: Which start of this computer that was in; empty where nothing tells.
        up: Seconds since that start, which no setting of the clock changes.
    """

    at: datetime
    boot: str = ""
    up: float = 0.0

    def waited(self, now: datetime) -> bool:
        """Return whether that is long enough ago by the clock and, where it can be told, in truth."""
        boot, up = uptime()
        return now - self.at >= WAIT and (not boot or boot != self.boot or up - self.up >= WAIT.total_seconds())


@dataclass(frozen=True, slots=True)
class Last:
    """When the last night was, by the clock of then.

    Attributes:
        at: When, of the last one whose clock was trusted; ``None`` before the first.
        postponed: Since when nothing is forgotten because the clock had moved so far; ``None`` where it had not.
    """

    at: datetime | None = None
    postponed: Postponed | None = None

    def trusts(self, now: datetime, newest: datetime | None = None) -> bool:
        """Return whether calls may be forgotten by this clock: forgetting cannot be taken back.

        Args:
            now: By the clock.
            newest: When the youngest file around was changed; it counts where there was no night yet to go by.
        """
        if self.at is None:
            plausible = now >= MADE and (newest is None or newest - now <= timedelta(days=1))
        else:
            plausible = now - self.at <= GAP
        return plausible or (self.postponed is not None and self.postponed.waited(now))

    def then(self, now: datetime, *, trusted: bool) -> Last:
        """Return what is to be kept of a night.

        Args:
            now: By the clock.
            trusted: Whether that was trusted.
        """
        if trusted:
            return Last(now)
        if self.postponed is not None and self.postponed.at <= now:
            return self
        return Last(self.at, Postponed(now, *uptime()))


def uptime() -> tuple[str, float]:
    """Return a name of this start of the computer, empty where the system has none, and the seconds since then."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # goes on while the computer sleeps
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return (boot, time.clock_gettime(clock)) if clock is not None else ("", 0.0)
    except (OSError, ValueError):
        return "", 0.0


def newest(paths: Iterable[Path]) -> datetime | None:
    """Return when the youngest of some files was changed, ``None`` where there is none."""
    found = []
    for path in paths:
        with suppress(OSError, OverflowError, ValueError):
            found.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    return max(found, default=None)


def last_night(folder: Path) -> Last:
    """Return when the last night in a folder was."""
    for line in _lines(folder / LAST):
        with suppress(ValueError, TypeError):
            at = _time(line["at"]) if line.get("at") is not None else None
            return Last(at, _postponed(line.get("postponed")))
    return Last()


def _time(value: object) -> datetime | None:
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo is not None else None


def _postponed(kept: object) -> Postponed | None:
    with suppress(ValueError, TypeError, KeyError):
        if isinstance(kept, dict) and (at := _time(kept["at"])) is not None:
            return Postponed(at, str(kept["boot"]), float(kept["up"]))
    return None


def note_night(folder: Path, last: Last) -> None:
    """Keep when this night was.

    Raises:
        StorageError: It cannot be.
    """
    late = last.postponed
    kept = None if late is None else {"at": late.at.isoformat(), "boot": late.boot, "up": late.up}
    at = last.at.isoformat() if last.at is not None else None
    write_atomically(folder / LAST, json.dumps({"at": at, "postponed": kept}) + "\n")

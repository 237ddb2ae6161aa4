"""The recording itself without what was masked: only when that was asked for, and only after the report is there.

The copy is written beside the original, decoded and compared with it, and takes its place in one step. Whatever
goes wrong before that step leaves the original as it was.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from coach.app.item import Call, Request
from coach.app.naming import REDACTED, hashes_of, read_review, reviewed_hashes, sha256_of
from coach.app.settings import Settings
from coach.conversation import CoachError, Interval, RecordingError, Timeline, UsageError
from coach.privacy.text import mask_text
from coach.reporting.files import placing, write_atomically
from coach.speech.decoding.decoder import decode
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.raw import RawFormat
from coach.speech.rewriting import LOSSLESS, form_of, rewrite
from coach.speech.samples import RATE, Samples

LATER = 1.0
"""Seconds by which the copy's date is later, so that programs that copy what has changed see that it has."""

APART = 0.15
"""Most seconds by which a copy that was encoded anew may differ in length."""

SPREAD = 0.15
"""Seconds at a silence's edges over which a codec spreads the sound beside it; there are no words there."""

ALMOST = 8
"""Largest sample inside an exact silence: A-law has no zero."""

QUIET = 40
"""Largest sample (of 32 767, −58 dBFS) inside a silence of a copy that was encoded anew."""

ALIKE = 0.9
"""Least correlation of a copy's loudness, in steps of 10 ms, with its original's."""

_STEP = RATE // 100


@dataclass(frozen=True, slots=True)
class Redaction:
    """What became of a call's recordings.

    Attributes:
        files: Those that were replaced.
        refused: Why they were not, in a sentence; ``None`` when all went well.
        notes: What to know of it, in sentences.
    """

    files: tuple[Path, ...] = ()
    refused: str | None = None
    notes: tuple[str, ...] = ()


def check_redactable(request: Request, settings: Settings) -> None:
    """Check before any work that a call's recording can be redacted, where that is wanted.

    Raises:
        UsageError: There is no recording, or no review file would note it.
    """
    if not settings.flag("redact_original"):
        return
    if request.recording is None and request.agent is None:
        raise UsageError(
            "--redact-original is for recordings, and there is none here. A transcript stays as it is: delete it by "
            "your own rules."
        )
    if "json" not in settings.formats:
        raise UsageError("--redact-original notes in the review file what it did: add json to --format.")


def redact(call: Call, folder: Path) -> Redaction:
    """Replace a reviewed call's recordings by copies that are silent where something was masked.

    Args:
        call: Reviewed; its report is on the disk.
        folder: For nameless working files.
    """
    paths = tuple(dict.fromkeys(path.resolve() for path in call.request.files))
    try:
        notes = _notes(paths, call.request)
        with ExitStack() as placed:
            copies = [_copied(path, call, folder, placed) for path in paths] if call.silenced else list(paths)
            hashes = [sha256_of(copy) for copy in copies]
            _note(call, hashes[::-1] if call.request.swapped else hashes)
    except (CoachError, OSError) as error:
        _forget(call)
        return Redaction(refused=_sentence(error))
    return Redaction(paths, notes=notes) if call.silenced else Redaction()


def _copied(path: Path, call: Call, folder: Path, placed: ExitStack) -> Path:
    """Return a checked copy, which takes the original's place when the stack is left without an error."""
    raw = RawFormat.parse(call.request.raw) if call.request.raw is not None else None
    form = form_of(path, raw=raw)
    if call.partial:
        raise RecordingError(
            f"{path.name}: much of it is missing or damaged, so that no copy could be compared with it. It was left "
            "as it is."
        )
    before = path.stat()
    copy = placed.enter_context(placing(path, before.st_mode & 0o777))
    rewrite(path, call.silenced, copy, hide=mask_text, raw=raw)
    copy.chmod(0o600)
    os.utime(copy, (before.st_atime, before.st_mtime + LATER))
    _compare(path, copy, call, folder, exact=form in LOSSLESS)
    if path.stat().st_mtime_ns != before.st_mtime_ns or path.stat().st_size != before.st_size:
        raise RecordingError(f"{path.name}: was written to meanwhile, so it was left as it is. Review it again.")
    return copy


def _compare(path: Path, copy: Path, call: Call, folder: Path, *, exact: bool) -> None:
    """Make sure that a copy holds what its original does, but for the silence.

    Raises:
        RecordingError: It does not.
    """
    raw = RawFormat.parse(call.request.raw) if call.request.raw is not None else None
    limits = Limits(max_hours=call.settings.number("max_hours"))
    with (
        decode(path, folder=folder, raw=raw, limits=limits) as was,
        decode(copy, folder=folder, raw=raw, limits=limits) as now,
    ):
        if (was.sample_rate, was.channels, len(was.lanes)) != (now.sample_rate, now.channels, len(now.lanes)):
            raise _not_the_same(path, "has another rate or other channels")
        if abs(was.duration - now.duration) > (0 if exact else APART):
            raise _not_the_same(path, "is of another length")
        for one, other in zip(was.lanes, now.lanes, strict=True):
            _compare_lanes(path, one, other, call.silenced, exact=exact)


def _compare_lanes(path: Path, was: Samples, now: Samples, silent: Timeline, *, exact: bool) -> None:
    for interval in silent:
        start, stop = int((interval.start + SPREAD) * RATE), int((interval.end - SPREAD) * RATE)
        if start < stop and _loudest(now, start, stop) > (ALMOST if exact else QUIET):
            raise _not_the_same(path, "could still be heard where it should be silent")
    length = min(len(was), len(now)) // _STEP * _STEP
    loud = [_loudness(lane, length) for lane in (was, now)]
    kept = ~_touched(length // _STEP, silent)
    one, other = loud[0][kept], loud[1][kept]
    if len(one) < 2 or float(one.std()) < 1.0:
        return
    apart = float(np.abs(one - other).max()) > 1.0 if exact else float(np.corrcoef(one, other)[0, 1]) < ALIKE
    if apart:
        raise _not_the_same(path, "differs elsewhere too")


def _loudest(lane: Samples, start: int, stop: int) -> int:
    blocks = (lane.read(at, min(at + RATE * 60, stop)) for at in range(start, stop, RATE * 60))
    return max((int(np.abs(block.astype(np.int32)).max()) for block in blocks if len(block)), default=0)


def _loudness(lane: Samples, length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the root mean square of each 10 ms."""
    parts = [np.zeros(0)]
    for at in range(0, length, _STEP * 6000):
        block = lane.read(at, min(at + _STEP * 6000, length)).astype(np.float64).reshape(-1, _STEP)
        parts.append(np.sqrt((block**2).mean(axis=1)))
    return np.concatenate(parts)


def _touched(steps: int, silent: Timeline) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    touched = np.zeros(steps, bool)
    for interval in silent:
        wide = Interval(max(interval.start - SPREAD, 0.0), interval.end + SPREAD)
        touched[int(wide.start * 100) : int(np.ceil(wide.end * 100)) + 1] = True
    return touched


def _not_the_same(path: Path, what: str) -> RecordingError:
    return RecordingError(f"{path.name}: the copy without what was masked {what}, so the recording was left as it is.")


def _note(call: Call, hashes: Sequence[str]) -> None:
    """Write into the review file which hashes the recordings have from now on.

    Raises:
        StorageError: It cannot be written.
    """
    path = call.output.path("json")
    review = read_review(path)
    if review is None:
        raise RecordingError(f"{path} is no longer there, so the recording was left as it is.")
    if reviewed_hashes(review) != hashes_of(call.request):
        raise RecordingError("The recording is no longer the one that was reviewed, so it was left as it is.")
    note = {"files": list(hashes), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    text = path.read_text(encoding="utf-8")
    begun = f'{{\n "{REDACTED}": {json.dumps(note)},'
    told = text.replace("{", begun, 1)  # the rest of the file keeps its lines
    noted = {**review, REDACTED: note}
    write_atomically(path, told if json.loads(told) == noted else json.dumps(noted))


def _forget(call: Call) -> None:
    """Take the note back, as far as that is possible."""
    path = call.output.path("json")
    with contextlib.suppress(CoachError, OSError):
        review = read_review(path)
        if review is not None and REDACTED in review:
            lines = path.read_text(encoding="utf-8").split("\n")
            told = "\n".join(line for line in lines if not line.startswith(f' "{REDACTED}": '))
            rest = {key: value for key, value in review.items() if key != REDACTED}
            write_atomically(path, told if json.loads(told) == rest else json.dumps(rest))


def _notes(paths: Sequence[Path], request: Request) -> tuple[str, ...]:
    notes = [
        f"{mask_text(path.name)} has another name on this disk (a hard link), and what that leads to keeps the sound "
        "as it was."
        for path in paths
        if path.stat().st_nlink > 1
    ]
    if request.transcript is not None:
        name = mask_text(request.transcript.name)
        notes.append(f"{name} was not touched: a transcript that was given keeps its words.")
    return tuple(notes)


def _sentence(error: CoachError | OSError) -> str:
    if isinstance(error, RecordingError):
        return mask_text(str(error))
    reason = error.strerror if isinstance(error, OSError) else mask_text(str(error)).split(" Choose another folder")[0]
    return f"The copy without what was masked could not be put in its place ({reason}). The recording is as it was."

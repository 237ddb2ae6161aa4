"""Recordings in a folder and below it: in one order, nothing half-written, nothing of our own, nothing beyond it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.app.intake.places import Folders
from coach.speech.decoding.raw import headerless

_ENDINGS = frozenset(
    "wav wave w64 rf64 bwf mp3 mp2 mpga m4a m4b mp4 m4v mov 3gp 3gpp 3g2 aac adts flac ogg oga ogv opus spx webm mkv "
    "mka avi wma wmv asf amr awb aif aiff aifc au snd caf gsm g729 g722 g723 g723_1 g726 ac3 eac3 ape wv tta voc mpg "
    "mpeg flv dss qcp".split()
)
"""Endings by which a file in a folder is taken for a recording. A file that is named is tried whatever its ending."""

_UNFINISHED = frozenset("part partial tmp temp filepart crdownload download opdownload upload swp writing".split())
_SYSTEMS_OWN = frozenset({"@eadir", "__macosx", "$recycle.bin", "system volume information", "lost+found", "#recycle"})
_OURS = (b'"coach.review/', b'name="coach-source"')
_HEAD = 4_096

UNFINISHED = "is still being written, by its name."
LINK_OUT = "is a link that leads out of the folder. Name what it leads to, if that is meant."
NOWHERE = "is a link that leads nowhere. Name what it should lead to, or remove it."
LINK = "is a link to what lies in this folder anyway."
OURS = "belongs to a report of ours."
OUR_FOLDER = "is where the reports go."


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in a folder.

    Attributes:
        path: Of it.
        skipped: Why it is let be; ``None`` for a recording to review.
        broken: Whether it could not be looked into, which somebody should know.
    """

    path: Path
    skipped: str | None = None
    broken: bool = False


def is_recording_by_name(name: str) -> bool:
    """Return whether a file's ending is one that recordings have.

    >>> is_recording_by_name("a.WAV"), is_recording_by_name("a.sln16"), is_recording_by_name("a.wav.part")
    (True, True, False)
    """
    suffix = Path(name).suffix
    return suffix[1:].casefold() in _ENDINGS or headerless(Path(name)) is not None


def walk(root: Path, *, own: Collection[Path] = (), folders: Folders | None = None) -> Iterator[Seen]:
    """Yield the recordings of a folder and of those below it, sorted by name, and what is let be on purpose.

    Args:
        root: The folder; it may be a link itself.
        own: Folders of reports, resolved; not looked into unless one is the root.
        folders: What is known of folders already.
    """
    folders = folders or Folders()
    real = root.resolve()
    waiting = [root]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Seen(here, f"cannot be looked into: {error.strerror}.", broken=True)
            continue
        below = []
        for entry in inside:
            path = here / entry.name
            if entry.name.startswith(".") or entry.name.casefold() in _SYSTEMS_OWN:
                continue
            if entry.is_symlink():
                yield from _link(path, real)
            elif entry.is_dir(follow_symlinks=False):
                if path.resolve() in own:
                    yield Seen(path, OUR_FOLDER)
                else:
                    below.append(path)
            else:
                yield from _file(path, folders)
        waiting.extend(reversed(below))


def _link(path: Path, root: Path) -> Iterator[Seen]:
    try:
        target = path.resolve(strict=True)
        relevant = target.is_dir() or is_recording_by_name(path.name)
    except (OSError, RuntimeError):
        if is_recording_by_name(path.name):
            yield Seen(path, NOWHERE, broken=True)
        return
    if relevant:
        yield Seen(path, LINK if target.is_relative_to(root) else LINK_OUT)


def _file(path: Path, folders: Folders) -> Iterator[Seen]:
    suffixes = [suffix[1:].casefold() for suffix in path.suffixes[-2:]]
    if not is_recording_by_name(path.name):
        if len(suffixes) == 2 and suffixes[1] in _UNFINISHED and is_recording_by_name(path.stem):
            yield Seen(path, UNFINISHED)
        return
    if (len(suffixes) == 2 and suffixes[0] in _UNFINISHED) or path.name.startswith("~"):
        yield Seen(path, UNFINISHED)
    elif suffixes[-1] == "mp3" and _beside_report(path, folders.names(path.parent)):
        yield Seen(path, OURS)
    else:
        yield Seen(path)


def _beside_report(path: Path, names: Collection[str]) -> bool:
    """Return whether an MP3 is the sound of a report, which has its name."""
    for suffix in (".json", ".html"):
        report = path.with_suffix(suffix)
        if report.name in names:
            try:
                with report.open("rb") as file:
                    head = file.read(_HEAD)
            except OSError:
                continue
            if any(mark in head for mark in _OURS):
                return True
    return False

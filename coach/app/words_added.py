"""What comes into the phrasebook: takes and notes that a report saved, and other people's phrasebooks."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coach.app.our_words import Words, as_object, checked, keep, phrasebook, read_lines
from coach.app.practice.spoken import spoken
from coach.app.settings import Settings
from coach.app.working import nameless, work_folder
from coach.conversation import CLEAR, NoSuchRecording, RecordingError, StorageError, UsageError, Word
from coach.privacy.text import mask_text
from coach.reporting.text import clean

TAKE, NOTES = "coach.take/1", "coach.notes/1"

LEGIBLE = 0.8
"""Share of a recorded answer's words that have to be clear: nobody is offered what was misheard as their own words."""

_LARGEST = 20_000_000  # bytes of a file: a minute of sound is one million
_SOUND = re.compile(r"data:audio/([a-z0-9]+)[^,]*;base64,([A-Za-z0-9+/]+=*)")


def add(path: Path, settings: Settings, said: str | None = None) -> list[Words]:
    """Add what a file holds to the phrasebook, and return what is new in it.

    Args:
        path: A saved take, saved notes, or an exported phrasebook.
        settings: The person's own: how a take is recognised.
        said: What was said in a take, in place of what is recognised.

    Raises:
        NoSuchRecording: Nothing is there.
        RecordingError: It is none of them, or its sound cannot be understood well enough.
        UsageError: Words were given for a file that brings its own.
        StorageError: The phrasebook cannot be written.
    """
    found = list(_read(path, settings, said))
    known = phrasebook()
    new = {words.id: words for words in found if words.said and words.id not in {one.id for one in known}}
    if new:
        keep([*known, *new.values()])
    return list(new.values())


def _read(path: Path, settings: Settings, said: str | None) -> Iterator[Words]:
    shown = clean(mask_text(path.name))
    try:
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except OSError as error:
        raise NoSuchRecording(f"{shown} cannot be read: {error.strerror}. Name a file that a report saved.") from error
    content = raw.decode("utf-8", "replace")
    whole = as_object(content)
    schema = whole.get("schema")
    if schema == TAKE:
        text = said if said is not None else _recognised(whole, path, settings)
        yield from checked([{**_moment(whole.get("moment")), "said": text, "on": _day(whole.get("saved_at"))}])
        return
    if said is not None:
        raise UsageError("--said is for a saved take; notes and phrasebooks bring their words with them.")
    if schema == NOTES:
        takes = whole.get("takes")
        typed = [take for take in takes if isinstance(take, dict)] if isinstance(takes, list) else []
        yield from checked({**_moment(t), "said": t.get("said"), "on": _day(t.get("taken_at"))} for t in typed)
        return
    lines = list(read_lines(content))
    if not lines:
        raise RecordingError(
            f"{shown} is no take and no notes that a report saved, nor a phrasebook that `coach words export` wrote."
        )
    yield from lines


def _moment(raw: object) -> dict[str, object]:
    moment = raw if isinstance(raw, dict) else {}
    return {"kind": moment.get("kind"), "drill": moment.get("drill") or ""}


def _day(raw: object) -> str:
    """Return the day of a time as browsers write it, where the person is; today where it is none."""
    try:
        return datetime.fromisoformat(str(raw)).astimezone().date().isoformat()
    except (ValueError, OverflowError):  # the year 1 in the east is before all years
        return datetime.now(UTC).astimezone().date().isoformat()


def _recognised(take: Mapping[str, Any], path: Path, settings: Settings) -> str:
    """Return what is said in a take.

    Raises:
        RecordingError: It holds no sound, or too little of it is clear.
    """
    shown = clean(mask_text(path.name))
    sound = _SOUND.fullmatch(str(take.get("sound")))
    try:
        data = base64.b64decode(sound[2]) if sound is not None else b""
    except binascii.Error:
        data = b""
    if sound is None or not data:
        raise RecordingError(f"{shown} holds no sound. Save the take again.")
    words = _heard(data, f"{path.stem}.{sound[1]}", settings)
    if sum(_clear(word) for word in words) < LEGIBLE * len(words):
        raise RecordingError(
            f'{shown}: too little of it was heard clearly. Say what it is: coach words add FILE --said "…".'
        )
    return " ".join(word.text for word in words)


def _heard(sound: bytes, name: str, settings: Settings) -> tuple[Word, ...]:
    """Return the masked words of a sound; it lies in no file that a kill would leave."""
    work = work_folder()
    try:
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        with nameless(work, name, lambda file: file.write(sound)) as path:
            return spoken(path, settings)
    except OSError as error:
        raise StorageError(f"{work} could not be written: {error.strerror}.") from error


def _clear(word: Word) -> bool:
    return word.confidence is None or word.confidence >= CLEAR

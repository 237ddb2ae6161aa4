"""A list of calls from a phone system or a spreadsheet, read row by row: CSV, JSON, or one JSON object a line.

Whatever is wrong is told with its line; nothing in the file is ever run, followed or guessed at.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from coach.app.intake.fields import read_field
from coach.app.intake.known import FIELDS, Known, Told
from coach.app.intake.shown import tidy
from coach.app.intake.times import Zone
from coach.conversation import NoSuchRecording, UsageError
from coach.nearest import did_you_mean
from coach.speech.importing.untrusted import clean

FILES = ("recording", "agent_file", "customer_file")
COLUMNS = (*FILES, *FIELDS, "customer")
"""What a manifest's columns may be called."""

LONGEST_LINE = 2**20
"""Bytes of a line; a longer one is no list of calls."""
LONGEST_FIELD = 20_000
"""Characters of one field, a path in it or a name."""
LARGEST_JSON = 200 * 2**20
_DELIMITERS = ",;\t"
_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_SAVE = "Save it from the spreadsheet as CSV (UTF-8)."
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """One call of a manifest.

    Attributes:
        line: Line where it begins, or its number in a JSON list; counted from 1.
        where: For a sentence: "the manifest, line 12".
        files: What stands in its file columns, by column.
        told: What else it says.
        wrong: Why it names no call; ``None`` where it does.
    """

    line: int
    where: str
    files: Mapping[str, str]
    told: Told
    wrong: str | None = None


def read_manifest(path: Path, zone: Zone | None = None) -> Iterator[Row]:
    """Yield the rows of a manifest as they are read; a row of nothing but empty fields is none.

    Args:
        path: A ``.json``, ``.jsonl`` or ``.ndjson`` file is JSON; any other is CSV with commas, semicolons or tabs.
        zone: For times that name none; this computer's when not given.

    Raises:
        NoSuchRecording: There is no such file.
        UsageError: It cannot be read as a list of calls; the message names the line and says what to do.
    """
    reading = _Reading(path, zone or Zone())
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == ".json":
                yield from reading.rows(_objects(file, reading))
            elif path.suffix.lower() in {".jsonl", ".ndjson"}:
                yield from reading.rows(_objects_by_line(file, reading))
            else:
                yield from reading.rows(_records(file, reading))
    except FileNotFoundError as error:
        raise NoSuchRecording(f"There is no manifest {clean(path.name)}. Check its name.") from error
    except OSError as error:
        reason = error.strerror or "it is no ordinary file"
        raise UsageError(f"The manifest {clean(path.name)} cannot be read: {reason}.") from error


Record = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    zone: Zone

    def refuse(self, problem: str, line: int | None = None, *, of: str = "line") -> UsageError:
        place = f", {of} {line}" if line is not None else ""
        return UsageError(f"The manifest {clean(self.path.name)}{place}: {problem}")

    def check_columns(self, names: Sequence[str], line: int, *, of: str = "line") -> None:
        """Make sure that every column is known, once, and that one of them names the recordings."""
        for name in names:
            if name not in COLUMNS:
                raise self.refuse(
                    f'there is no column "{clean(name)[:60]}"; {did_you_mean(name, COLUMNS)}', line, of=of
                )
        for name in names:
            if list(names).count(name) > 1:
                raise self.refuse(f'the column "{name}" is there twice. Leave one.', line, of=of)

    def rows(self, records: Iterator[tuple[str, Record]]) -> Iterator[Row]:
        for of, (line, record) in records:
            given = {name: tidy(_FORMULA_TEXT.sub(r"\1", text.strip())) for name, text in record.items()}
            given = {name: text for name, text in given.items() if text}
            if not given:
                continue
            where = f"the manifest, {of} {line}"
            files = {name: given[name] for name in FILES if name in given}
            yield Row(line, where, files, self._told(given, where), _wrong(files))

    def _told(self, given: Mapping[str, str], where: str) -> Told:
        known: dict[str, Known] = {}
        notes = []
        for name in FIELDS:
            if name in given:
                try:
                    known[name] = read_field(name, given[name], where, self.zone)
                except ValueError as error:
                    notes.append(f"{where[0].upper()}{where[1:]} has a {name} that is not {error}; it was left out.")
        return Told(known, (given["customer"],) if "customer" in given else (), tuple(notes))


def _wrong(files: Mapping[str, str]) -> str | None:
    """Return why a row's file columns name no call."""
    if "recording" in files and len(files) > 1:
        return "names a recording and one file a party; leave one of the two."
    if not files:
        return "names no recording."
    if "recording" not in files and len(files) < 2:
        missing = next(name for name in FILES[1:] if name not in files)
        return f"names one party's file alone; {missing} is empty."
    return None


def _records(file: BinaryIO, reading: _Reading) -> Iterator[tuple[str, Record]]:
    """Yield the rows of a CSV file by column."""
    lines = _Lines(file, reading)
    first = next(lines, "")
    if found := re.fullmatch(r"sep=([,;\t])\s*", first, re.IGNORECASE):
        delimiter, first = found[1], next(lines, "")
    else:
        delimiter = _delimiter(first)
    if not first.strip():
        raise reading.refuse(f"is empty. Its first line names the columns, such as recording{_DELIMITERS[0]}agent.")
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header = [name.strip().casefold() for name in _next(reader, reading, lines) or []]
    while header and not header[-1]:
        header.pop()
    at = lines.number
    reading.check_columns(header, at)
    if not {"recording", "agent_file"} & set(header):
        raise reading.refuse('no column is called "recording". It holds the path of each recording.', at)
    while True:
        at = lines.number + 1
        row = _next(reader, reading, lines)
        if row is None:
            return
        if len(row) > len(header) and any(text.strip() for text in row[len(header) :]):
            raise reading.refuse(
                f"there are {len(row)} fields and {len(header)} columns. Put quotes around a field with a "
                f"{'semicolon' if delimiter == ';' else 'tab' if delimiter != ',' else 'comma'} in it.",
                at,
            )
        for text in row:
            if len(text) > LONGEST_FIELD:
                raise reading.refuse(f"a field is longer than {LONGEST_FIELD} characters.", at)
        yield "line", (at, dict(zip(header, row, strict=False)))


def _next(reader: Iterator[list[str]], reading: _Reading, lines: _Lines) -> list[str] | None:
    begun = lines.number + 1
    try:
        return next(reader, None)
    except csv.Error:
        problem = "cannot be read as CSV: a quote that is opened here is not closed as it should be."
        raise reading.refuse(problem, min(begun, lines.number)) from None


class _Lines:
    """The lines of a file as text, counted, one at a time: a file without an end is refused and never held."""

    def __init__(self, file: BinaryIO, reading: _Reading) -> None:
        self._file = file
        self._reading = reading
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            raw = self._checked(raw)
        if len(raw) > LONGEST_LINE:
            raise self._reading.refuse("a line is longer than a list of calls can have.", self.number)
        if b"\0" in raw:
            raise self._reading.refuse(f"there is a zero byte in it, so it is no text. {_SAVE}", self.number)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise self._reading.refuse(f"is not UTF-8. {_SAVE}", self.number) from None

    def _checked(self, raw: bytes) -> bytes:
        """Return the first line without a mark of its encoding, or say what the file is instead of a list."""
        if raw.startswith(_BOMS):
            raise self._reading.refuse(f"is UTF-16 text. {_SAVE}")
        if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise self._reading.refuse(f"is a spreadsheet. {_SAVE}")
        return raw.removeprefix(codecs.BOM_UTF8)


def _delimiter(first: str) -> str:
    """Return what separates the fields: with which the first line has most known columns."""

    def known(delimiter: str) -> int:
        return sum(name.strip().strip('"').casefold() in COLUMNS for name in first.split(delimiter))

    return max(_DELIMITERS, key=known)


def _objects(file: BinaryIO, reading: _Reading) -> Iterator[tuple[str, Record]]:
    """Yield the entries of a JSON list."""
    raw = file.read(LARGEST_JSON + 1)
    if len(raw) > LARGEST_JSON:
        raise reading.refuse("is larger than 200 MB. Use CSV, which is read row by row.")
    values = _parsed(raw, reading, None)
    if not isinstance(values, list):
        raise reading.refuse('is not a list of calls such as [{"recording": "call.wav"}].')
    for number, value in enumerate(values, 1):
        yield "entry", (number, _object(value, reading, number, "entry"))


def _objects_by_line(file: BinaryIO, reading: _Reading) -> Iterator[tuple[str, Record]]:
    lines = _Lines(file, reading)
    for line in lines:
        if line.strip():
            value = _parsed(line.encode(), reading, lines.number)
            yield "line", (lines.number, _object(value, reading, lines.number, "line"))


def _parsed(raw: bytes, reading: _Reading, line: int | None) -> object:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise reading.refuse("is not valid JSON.", line or error.lineno) from None
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise reading.refuse("is not UTF-8.", line or at) from None
    except (ValueError, RecursionError):
        raise reading.refuse("is not valid JSON.", line) from None


def _object(value: object, reading: _Reading, number: int, of: str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise reading.refuse('is not an object such as {"recording": "call.wav"}.', number, of=of)
    reading.check_columns(list(value), number, of=of)
    texts = {}
    for name, one in value.items():
        if one is None:
            continue
        if isinstance(one, bool) or not isinstance(one, str | int | float) or len(str(one)) > LONGEST_FIELD:
            raise reading.refuse(f"the {name} is neither text nor a number.", number, of=of)
        texts[name] = str(one)
    return texts

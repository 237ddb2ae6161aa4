"""Words and turns of calls as Parquet files, masked as the review is: for analyses over many calls.

One small file a call and table, ``FOLDER/words/month=YYYY-MM/SHA256.parquet`` and the same under ``turns``, the month
that of the call's begin in UTC, or ``unknown``. A later review of a call takes the place of the earlier one.
docs/store.md tells of the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from coach.conversation import ConfigurationError, StorageError
from coach.files import placing
from coach.store.fields import LONGEST, SHORT, Row, listed, mapping, needed, number, text, time_of, truth
from coach.store.reading import rows

_CALL: Final = [
    ("sha256", pa.string()),
    ("fingerprint", pa.string()),
    ("agent", pa.string()),
    ("started_at", pa.timestamp("us", tz="UTC")),
]

WORDS: Final = pa.schema(
    [
        *_CALL,
        ("turn", pa.int32()),
        ("position", pa.int32()),
        ("role", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("start", pa.float64()),
        ("end", pa.float64()),
        ("confidence", pa.float32()),
        ("interpolated", pa.bool_()),
    ],
    metadata={"schema": "coach.words/1"},
)
"""One row a word, in the order of the review."""

TURNS: Final = pa.schema(
    [
        *_CALL,
        ("turn", pa.int32()),
        ("role", pa.string()),
        ("speaker", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("start", pa.float64()),
        ("end", pa.float64()),
        ("words", pa.int32()),
    ],
    metadata={"schema": "coach.turns/1"},
)
"""One row a turn, in the order of the review."""


def write_words(
    review: Mapping[str, object], folder: Path, *, agent: str | None = None, started_at: datetime | None = None
) -> Path:
    """Write a review's words, whole or not at all, and return the file.

    Args:
        review: A review file's content, schema ``coach.review/1``.
        folder: Such as ``Store.folder``; made where it is missing.
        agent: Who took the call, where that is known better than the review knows.
        started_at: When the call began, with its zone, likewise.

    Raises:
        ReviewFileError: The review's content is not what it must be.
        StorageError: The disk is full, or the folder cannot be written.
    """
    return _write("words", WORDS, list(_words(review)), _known(review, agent, started_at), folder)


def write_turns(
    review: Mapping[str, object], folder: Path, *, agent: str | None = None, started_at: datetime | None = None
) -> Path:
    """Write a review's turns, as ``write_words`` does its words."""
    return _write("turns", TURNS, list(_turns(review)), _known(review, agent, started_at), folder)


def read_words(folder: Path, fingerprint: str | None = None) -> pa.Table:
    """Return the words of all calls, in order of file.

    Args:
        folder: As given to ``write_words``.
        fingerprint: Only of results by these means; may be left out where there are none by others.

    Raises:
        ConfigurationError: Results of several fingerprints are there, and none was named.
        StorageError: A file is damaged or cannot be read.
    """
    return _read("words", WORDS, folder, fingerprint)


def read_turns(folder: Path, fingerprint: str | None = None) -> pa.Table:
    """Return the turns of all calls, as ``read_words`` does their words."""
    return _read("turns", TURNS, folder, fingerprint)


def _known(review: Mapping[str, object], agent: str | None, started_at: datetime | None) -> Row:
    made = rows(review)
    began = started_at if started_at is not None else time_of(made.call["started_at"])
    return {
        "sha256": made.sha256,
        "fingerprint": made.run["fingerprint"],
        "agent": agent if agent is not None else made.call["agent"],
        "started_at": None if began is None else began.astimezone(UTC),
    }


def _words(review: Mapping[str, object]) -> Iterator[Row]:
    for at, turn in _each_turn(review):
        role = text(turn.get("role"), f"turns[{at}].role", SHORT)
        kind = text(turn.get("kind"), f"turns[{at}].kind", SHORT)
        for position, given in enumerate(listed(turn.get("words"), f"turns[{at}].words")):
            where = f"turns[{at}].words[{position}]"
            word = mapping(given, where)
            yield {
                "turn": at,
                "position": position,
                "role": role,
                "kind": kind,
                "text": text(word.get("text"), f"{where}.text", LONGEST),
                "start": needed(word.get("start"), f"{where}.start"),
                "end": needed(word.get("end"), f"{where}.end"),
                "confidence": number(word.get("confidence"), f"{where}.confidence"),
                "interpolated": truth(word.get("interpolated", False), f"{where}.interpolated"),
            }


def _turns(review: Mapping[str, object]) -> Iterator[Row]:
    for at, turn in _each_turn(review):
        where = f"turns[{at}]"
        yield {
            "turn": at,
            "role": text(turn.get("role"), f"{where}.role", SHORT),
            "speaker": text(turn.get("speaker"), f"{where}.speaker", SHORT),
            "kind": text(turn.get("kind"), f"{where}.kind", SHORT),
            "text": text(turn.get("text"), f"{where}.text", LONGEST),
            "start": needed(turn.get("start"), f"{where}.start"),
            "end": needed(turn.get("end"), f"{where}.end"),
            "words": len(listed(turn.get("words"), f"{where}.words")),
        }


def _each_turn(review: Mapping[str, object]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for at, turn in enumerate(listed(review.get("turns"), "turns")):
        yield at, mapping(turn, f"turns[{at}]")


def _write(table: str, schema: pa.Schema, lines: list[Row], known: Row, folder: Path) -> Path:
    began = time_of(known["started_at"])
    month = "unknown" if began is None else f"{began:%Y-%m}"
    path = folder / table / f"month={month}" / f"{known['sha256']}.parquet"
    made = pa.Table.from_pylist([known | line for line in lines], schema=schema)
    _make_folders(path.parent, folder)
    with placing(path, instead="move the store to another disk") as unfinished:
        pq.write_table(made, unfinished, compression="zstd")
    for other in (folder / table).glob(f"month=*/{path.name}"):
        if other != path:  # the month has become known since
            other.unlink(missing_ok=True)
    return path


def _make_folders(wanted: Path, folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for part in (folder, wanted.parent, wanted):
            part.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{wanted} cannot be made: {error.strerror or type(error).__name__}. Change the permissions of the folder "
            "above it, or move the store to another disk."
        ) from None


def _read(table: str, schema: pa.Schema, folder: Path, fingerprint: str | None) -> pa.Table:
    found = []
    for file in sorted((folder / table).glob("month=*/*.parquet")):
        try:
            found.append(pq.ParquetFile(file).read())
        except (OSError, pa.ArrowException):
            raise StorageError(f"{file} cannot be read. Remove it, and review its call anew.") from None
    made = pa.concat_tables(found) if found else schema.empty_table()
    means = sorted(set(made["fingerprint"].unique().to_pylist()))
    if fingerprint is None and len(means) > 1:
        raise ConfigurationError(
            f"The {table} in {folder} were made by {len(means)} different means, which are not to be mixed. "
            f"Name one: {', '.join(means)}."
        )
    return made if fingerprint is None else made.filter(pc.equal(made["fingerprint"], fingerprint))

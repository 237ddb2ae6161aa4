"""How right the kinds are that no corpus labels, on small dialogues of our own.

    python -m tests.benchmarks.moments [--part open|kept] [--errors KIND] [--markdown] [--floors]

Reads ``tests/labelled/moments.jsonl``: for each kind dialogues of one to six turns that have it, and others that look
as if they had. A dialogue counts as found where the analysers give a moment of the kind, from a confidence of one half.
``--errors KIND`` lists what a kind gets wrong in the open part. The kept part is for measuring: read none of its rows.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.analysis.analyse import analyse
from coach.conversation import Conversation, Interval, Party, Role, Word, converse

ROWS: Final = Path(__file__).parents[1] / "labelled" / "moments.jsonl"

SURE: Final = 0.5
"""Confidence from which a moment counts."""

KINDS: Final = (
    *("distress", "owed_acknowledgement", "forced_apology", "hard_call", "name_use", "closing_question"),
    *("customer_repeat", "walkthrough", "inclusive_we", "firm_we", "blame"),
)

ANALYSERS: Final = ("listening", "empathy", "wording")
STEP: Final = 0.35
"""Seconds from one word to the next."""

PAUSE: Final = 0.5
"""Seconds between two turns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dialogue.

    Attributes:
        id: Its name.
        kind: What is looked for.
        lines: Who says what, in order.
        first: Whether the first pass of labelling said that it is there.
        second: Whether the second pass did.
        label: Whether it is there; ``None`` where nobody can tell.
        note: Why a disagreement was settled as it was.
        kept: Whether it is of the part that nobody mends by.
    """

    id: str
    kind: str
    lines: tuple[tuple[Role, str], ...]
    first: bool
    second: bool
    label: bool | None
    note: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What one kind gets."""

    kind: str
    positives: int
    rows: int
    precision: float
    recall: float
    f1: float


Judged = list[tuple[float, Row]]


def rows(path: Path = ROWS) -> tuple[Row, ...]:
    """Return the labelled dialogues."""
    entries = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return tuple(
        Row(
            id=entry["id"],
            kind=entry["kind"],
            lines=tuple((role, said) for role, said in entry["lines"]),
            first=entry["pass_a"],
            second=entry["pass_b"],
            label=entry["label"],
            note=entry.get("note", ""),
            kept=entry["split"] == "test",
        )
        for entry in entries
    )


def call(lines: Sequence[tuple[Role, str]]) -> Conversation:
    """Return a call in which the lines are said one after the other; an agent who says nothing says "go on"."""
    if all(role != "agent" for role, _ in lines):
        lines = [*lines, ("agent", "Go on.")]
    words: dict[Role, list[Word]] = {"agent": [], "customer": []}
    at = 0.5
    for role, text in lines:
        said = text.split()
        words[role] += [Word(word, at + i * STEP, at + i * STEP + 0.3, 0.95) for i, word in enumerate(said)]
        at += len(said) * STEP + PAUSE
    parties = [
        Party(role, role, tuple(Interval(word.start, word.end) for word in spoken), tuple(spoken))
        for role, spoken in words.items()
        if spoken
    ]
    return converse(parties, at + 1.0, "channels")


def confidence(row: Row) -> float:
    """Return how surely the kind is found in a dialogue."""
    found = analyse(call(row.lines), ANALYSERS)
    return max((moment.confidence for moment in found.moments if moment.kind == row.kind), default=0.0)


def judged(found: Sequence[Row]) -> dict[str, Judged]:
    """Return every dialogue that can be scored, with how surely its kind is found."""
    table: dict[str, Judged] = {kind: [] for kind in KINDS}
    for row in found:
        if row.label is not None:
            table[row.kind].append((confidence(row), row))
    return table


def scored(kind: str, found: Judged) -> Score:
    """Return precision, recall and F1 at ``SURE``; precision is 1 where nothing was named."""
    positives = sum(bool(row.label) for _, row in found)
    named = sum(sure >= SURE for sure, _ in found)
    hit = sum(bool(row.label) for sure, row in found if sure >= SURE)
    f1 = 2 * hit / (named + positives) if named + positives else 0.0
    return Score(kind, positives, len(found), hit / named if named else 1.0, hit / positives if positives else 0.0, f1)


def kept_of(found: Judged) -> Judged:
    """Return what was judged of the part that nobody mends by."""
    return [entry for entry in found if entry[1].kept]


def _floors(table: Mapping[str, Judged]) -> Iterator[str]:
    yield "# What no change may fall below on moments.jsonl at a confidence of 0.5: a dialogue under what was measured."
    yield "# Made by `python -m tests.benchmarks.moments --floors`; raise a line when a detector has become better."
    for kind, found in table.items():
        score = scored(kind, found)
        yield f"\n[{kind}]\nf1 = {max(0.0, score.f1 - 0.05):.2f}\nprecision = {max(0.0, score.precision - 0.08):.2f}"


def _table(table: Mapping[str, Judged], *, markdown: bool) -> Iterator[str]:
    head = ("kind", "dialogues", "that have it", "precision", "recall", "F1", "kept apart", "F1 there")
    yield (f"| {' | '.join(head)} |\n|{'---|' * len(head)}") if markdown else "  ".join(head)
    for kind, found in table.items():
        whole, kept = scored(kind, found), scored(kind, kept_of(found))
        cells = [kind.replace("_", " "), str(whole.rows), str(whole.positives)]
        cells += [f"{value:.2f}" for value in (whole.precision, whole.recall, whole.f1)]
        cells += [f"{kept.positives} of {kept.rows}", f"{kept.f1:.2f}"]
        yield f"| {' | '.join(cells)} |" if markdown else "  ".join(f"{cell:>12}" for cell in cells)


def _errors(found: Judged) -> Iterator[str]:
    for sure, row in sorted(found, key=lambda entry: -abs(entry[0] - SURE)):
        if not row.kept and (sure >= SURE) != row.label:
            said = " // ".join(f"{role[0].upper()}: {text}" for role, text in row.lines)
            yield f"{'missed' if row.label else 'found '} {row.kind} {sure:.2f} {row.id} | {said}"


def main() -> None:
    """Print the table, or one kind's errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", choices=[*KINDS, "all"], help="list what a kind gets wrong in the open part")
    parser.add_argument("--floors", action="store_true", help="what moment_floors.toml should hold")
    parser.add_argument("--part", choices=("open", "kept"))
    parser.add_argument("--markdown", action="store_true", help="the table for a page")
    options = parser.parse_args()
    table = judged([row for row in rows() if options.part is None or row.kept == (options.part == "kept")])
    if options.errors:
        for kind in KINDS if options.errors == "all" else [options.errors]:
            print("\n".join(_errors(table[kind])))
    elif options.floors:
        print("\n".join(_floors(table)))
    else:
        print("\n".join(_table(table, markdown=options.markdown)))
        differ = sum(row.first != row.second for row in rows())
        print(f"\n{sum(map(len, table.values()))} dialogues; the two passes differ on {differ} of all {len(rows())}.")


if __name__ == "__main__":
    main()

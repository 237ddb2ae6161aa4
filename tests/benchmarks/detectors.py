"""How right the word detectors are, on labelled dialogue.

    python tests/benchmarks/detectors.py FILE.jsonl.gz… [--split dev] [--role agent] [--strip] [--wer 0.2] [--json OUT]

A row holds ``text``, ``previous_text`` (the other party's latest words), ``speaker_role``, ``labels`` and ``split``;
rows labelled ``ignore`` are left out. Every row is judged as an agent's. For each label: positives, precision, recall
and F1 at a confidence of 0.5, average precision, and the share of rows that have it. A label that a file never has is
not scored there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coach.analysis.judge import judge

Row = dict[str, Any]

LABELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "paraphrase": ("paraphrase", ("paraphrase",)),
    "paraphrase_or_echo_3_words": ("paraphrase", ("paraphrase", "echo")),
    "question": ("question", ("question",)),
    "open_question": ("open_question", ("open_question",)),
    "closed_question": ("closed_question", ("closed_question",)),
    "clarifying_question": ("clarifying_question", ("clarifying_question",)),
    "empathy": ("empathy", ("empathy",)),
    "reassurance": ("reassurance", ("reassurance",)),
    "apology": ("apology", ("apology",)),
    "thanks": ("thanks", ("thanks",)),
    "backchannel": ("backchannel", ("backchannel",)),
    "asked_to_repeat": ("asked_to_repeat", ("non_understanding",)),
}
"""Name in the table: the detector, and the labels that it should find."""

SURE = 0.5


@dataclass(frozen=True)
class Score:
    """What one detector gets on one file."""

    corpus: str
    label: str
    rows: int
    positives: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    base_rate: float


def rows_of(path: Path, split: str | None, role: str) -> Iterator[Row]:
    """Yield the rows that are scored."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "ignore" in row["labels"] or (split and row.get("split") != split):
                continue
            if role == "all" or row.get("speaker_role") == role:
                yield row


def stripped(said: str) -> str:
    """Return a text as a recogniser without punctuation and case gives it."""
    kept = "".join(c if c.isalnum() or c in "'’-[] " else " " for c in said.lower())
    return " ".join(piece.strip("-") for piece in kept.split())


def misheard(said: str, rate: float, draw: random.Random, others: Sequence[str]) -> str:
    """Return a text with a share of its words left out, swapped for others or doubled by insertion."""
    out: list[str] = []
    for word in said.split():
        chance = draw.random()
        if chance >= rate:
            out.append(word)
        elif chance < rate * 0.6:
            out.append(draw.choice(others))
        elif chance < rate * 0.8:
            out += [word, draw.choice(others)]
    return " ".join(out)


def scored(corpus: str, label: str, judged: Sequence[tuple[float, bool]]) -> Score:
    """Return precision, recall, F1 and average precision of confidences against truth."""
    positives = sum(truth for _, truth in judged)
    hit = sum(truth for confidence, truth in judged if confidence >= SURE)
    named = sum(confidence >= SURE for confidence, _ in judged)
    precision = hit / named if named else 0.0
    recall = hit / positives if positives else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(
        corpus, label, len(judged), positives, precision, recall, f1, average_precision(judged), positives / len(judged)
    )


def average_precision(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the area under the precision-recall steps; rows of one confidence count together."""
    positives = sum(truth for _, truth in judged)
    area = found = seen = last = 0.0
    ordered = sorted(judged, key=lambda pair: -pair[0])
    for index, (confidence, truth) in enumerate(ordered):
        seen += 1
        found += truth
        if index + 1 == len(ordered) or ordered[index + 1][0] != confidence:
            area += (found - last) / positives * (found / seen) if positives else 0.0
            last = found
    return area


def benchmark(path: Path, options: argparse.Namespace) -> Iterable[Score]:
    """Yield the scores of one file."""
    rows = list(rows_of(path, options.split, options.role))
    draw = random.Random(1)
    others = [word for row in rows[:500] for word in row["text"].split()] or ["um"]
    table = []
    for row in rows:
        said, previous = row["text"], row["previous_text"] or ""
        if options.strip:
            said, previous = stripped(said), stripped(previous)
        if options.wer:
            said, previous = (misheard(part, options.wer, draw, others) for part in (said, previous))
        table.append((judge(said, previous), frozenset(row["labels"]), len(row["text"].split())))
    for label, (detector, names) in LABELS.items():
        whole = label != "paraphrase_or_echo_3_words"
        judged = [
            (found[detector], not labels.isdisjoint(names)) for found, labels, words in table if whole or words >= 3
        ]
        if any(truth for _, truth in judged):
            yield scored(path.name.split(".")[0], label, judged)


def main() -> int:
    """Score the files and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--split", choices=["train", "dev", "test"])
    parser.add_argument("--role", default="all", choices=["all", "agent"])
    parser.add_argument("--strip", action="store_true", help="take punctuation and case away first")
    parser.add_argument("--wer", type=float, default=0.0, help="share of words to mishear")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    scores: list[Score] = []
    print(f"{'corpus':10} {'label':27} {'rows':>6} {'pos':>5} {'prec':>6} {'rec':>6} {'F1':>6} {'AP':>6} {'base':>6}")
    for path in options.files:
        began = time.perf_counter()
        for score in benchmark(path, options):
            scores.append(score)
            print(
                f"{score.corpus:10} {score.label:27} {score.rows:6d} {score.positives:5d} {score.precision:6.3f} "
                f"{score.recall:6.3f} {score.f1:6.3f} {score.average_precision:6.3f} {score.base_rate:6.3f}",
                flush=True,
            )
        print(f"{path.name}: {time.perf_counter() - began:.1f} s")
    if options.json:
        options.json.write_text(json.dumps([asdict(score) for score in scores], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How right the word detectors are, on labelled dialogue.

    python tests/benchmarks/detectors.py FILE.jsonl.gz… [--split train|dev|test] [--role all|agent] [--strip]
        [--wer 0.2] [--semantic MODEL] [--json OUT]

``labelled.py`` says what a row holds. Rows labelled ``ignore`` are left out; every row that is kept is judged as an
agent's. Without ``--role``, Oasis is scored on its agents' rows and the others on all. A row that names no split
belongs to the one that its conversation's name gives, by the hash that parted the corpora. For each label: positives,
precision, recall and F1 at a confidence of 0.5, average precision, and the share of rows that have it. A label that a
file never has is not scored there.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from coach.analysis.judge import judge
from coach.analysis.semantic import using
from coach.analysis.sentence_model import SentenceModel
from tests.benchmarks.labelled import ROLES, SPLITS, Chosen, UnreadableError, choose, misheard, stripped

LABELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "paraphrase": ("paraphrase", ("paraphrase",)),
    "paraphrase_or_echo_3_words": ("paraphrase", ("paraphrase", "echo")),
    "question": ("question", ("question", "open_question", "closed_question", "wh_question")),
    "open_question": ("open_question", ("open_question",)),
    "closed_question": ("closed_question", ("closed_question",)),
    "clarifying_question": ("clarifying_question", ("clarifying_question",)),
    "empathy": ("empathy", ("empathy",)),
    "reassurance": ("reassurance", ("reassurance",)),
    "apology": ("apology", ("apology",)),
    "thanks": ("thanks", ("thanks",)),
    "backchannel": ("backchannel", ("backchannel",)),
    "asked_to_repeat": ("asked_to_repeat", ("non_understanding", "asked_to_repeat")),
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


def benchmark(corpus: str, chosen: Chosen, *, strip: bool, wer: float) -> Iterable[Score]:
    """Yield the scores of one file's rows."""
    draw = random.Random(1)
    others = [word for row in chosen.rows[:500] for word in row.text.split()] or ["um"]
    table = []
    for row in chosen.rows:
        said, previous = row.text, row.previous
        if strip:
            said, previous = stripped(said), stripped(previous)
        if wer:
            said, previous = (misheard(part, wer, draw, others) for part in (said, previous))
        table.append((judge(said, previous), row.labels, len(row.text.split())))
    for label, (detector, names) in LABELS.items():
        whole = label != "paraphrase_or_echo_3_words"
        judged = [
            (found[detector], not labels.isdisjoint(names)) for found, labels, words in table if whole or words >= 3
        ]
        if any(truth for _, truth in judged):
            yield scored(corpus, label, judged)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("a share of words lies from 0 to 1")
    return value


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--role", choices=ROLES, help="whose rows; without it, agents' in Oasis and all in others")
    parser.add_argument("--strip", action="store_true", help="take punctuation and case away first")
    parser.add_argument("--wer", type=_share, default=0.0, help="share of words to mishear")
    parser.add_argument("--semantic", type=Path, metavar="MODEL", help="folder of a sentence model to judge with")
    parser.add_argument("--json", type=Path, help="where to write the same figures")
    return parser.parse_args()


def main() -> int:
    """Score the files and print the table; 1 when a file could not be scored."""
    options = _options()
    with using(SentenceModel(options.semantic, "") if options.semantic else None):
        return _score(options)


def _score(options: argparse.Namespace) -> int:
    scores: list[Score] = []
    failed = False
    print(f"{'corpus':10} {'label':27} {'rows':>6} {'pos':>5} {'prec':>6} {'rec':>6} {'F1':>6} {'AP':>6} {'base':>6}")
    for path in options.files:
        began = time.perf_counter()
        try:
            chosen = choose(path, options.split, options.role)
        except UnreadableError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        for note in chosen.notes:
            print(f"{path.name}: {note}.", file=sys.stderr)
        for score in benchmark(path.name.split(".")[0], chosen, strip=options.strip, wer=options.wer):
            scores.append(score)
            print(
                f"{score.corpus:10} {score.label:27} {score.rows:6d} {score.positives:5d} {score.precision:6.3f} "
                f"{score.recall:6.3f} {score.f1:6.3f} {score.average_precision:6.3f} {score.base_rate:6.3f}",
                flush=True,
            )
        print(f"{path.name}: {len(chosen.rows)} rows in {time.perf_counter() - began:.1f} s")
    if options.json:
        try:
            options.json.write_text(json.dumps([asdict(score) for score in scores], indent=1), encoding="utf-8")
        except OSError as error:
            print(f"{options.json} cannot be written: {error.strerror}.", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

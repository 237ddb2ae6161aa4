"""Fit the handful of weights in ``models/calibrations/detectors.toml`` on labelled dialogue.

    python tests/benchmarks/fit_detectors.py FOLDER [--only paraphrase,question]

FOLDER holds files in the format that ``detectors.py`` reads. Only ``train`` rows are looked at. A row is judged by its
surest clause, and is fitted so: for a row that has the label, the clause that carries it is chosen anew in each round.
Features are ours (form, overlap, word classes); no word of the data enters the weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.analysis import empathy, paraphrase, questions
from coach.analysis.acknowledging import backchannel
from coach.analysis.judge import views
from coach.analysis.view import View
from coach.resources import resource

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """One corpus for one detector: which rows, which label, how heavily, and where its best threshold is put to 0.5."""

    corpus: str
    labels: tuple[str, ...]
    weight: float = 1.0
    role: str | None = None
    strip: float = 0.5
    among: tuple[str, ...] = ()
    words: int = 0


PLAN: Mapping[str, tuple[Callable[[View], Mapping[str, float]], tuple[Source, ...]]] = {
    "paraphrase": (
        paraphrase.features,
        (
            Source("annomi", ("paraphrase",), 1.0),
            Source("oasis", ("paraphrase", "echo"), 1.0, role="agent", words=3),
        ),
    ),
    "question": (
        questions.features,
        (
            Source("annomi", ("question",), 1.0),
            Source("oasis", ("question",), 1.0, role="agent"),
            Source("mrda", ("question",), 0.5),
            Source("swda", ("question",), 0.5),
            Source("esconv", ("question",), 0.3),
        ),
    ),
    "open_question": (
        questions.open_features,
        (Source("annomi", ("open_question",), 1.0, among=("open_question", "closed_question")),),
    ),
    "clarifying_question": (questions.clarifying_features, (Source("mrda", ("clarifying_question",)),)),
    "empathy": (empathy.features, (Source("esconv", ("empathy",)),)),
    "reassurance": (empathy.features, (Source("esconv", ("reassurance",)),)),
}


def stripped(said: str) -> str:
    """Return a text without case and punctuation, apostrophes kept."""
    kept = "".join(c if c.isalnum() or c in "'’-[] " else " " for c in said.lower())
    return " ".join(piece.strip("-") for piece in kept.split())


def rows_of(path: Path) -> Iterator[Row]:
    """Yield a file's rows."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def positive(row: Row, source: Source) -> bool:
    """Whether a row carries the label."""
    return any(label in row["labels"] for label in source.labels)


def gather(folder: Path, source: Source, limit: int = 4500) -> list[Row]:
    """Return a corpus's train rows for one detector, at most ``limit``."""
    rows = [
        row
        for row in rows_of(folder / f"{source.corpus}.jsonl.gz")
        if row["split"] == "train" and "ignore" not in row["labels"] and source.role in (None, row["speaker_role"])
    ]
    if source.among:
        rows = [row for row in rows if any(label in row["labels"] for label in source.among)]
    if source.words:
        rows = [row for row in rows if len(row["text"].split()) >= source.words or not positive(row, source)]
    random.Random(7).shuffle(rows)
    return rows[:limit]


@dataclass(frozen=True)
class Bag:
    """One row: its clauses' features, whether it has the label, its weight and the corpus it is from."""

    features: np.ndarray
    truth: bool
    weight: float
    source: Source


def fit(kind: str, folder: Path) -> tuple[float, dict[str, float]]:
    """Return intercept and weights of one detector."""
    extract, sources = PLAN[kind]
    bags: list[Bag] = []
    names: list[str] = []
    for source in sources:
        rows = gather(folder, source)
        count = max(1, sum(positive(row, source) for row in rows))
        for index, row in enumerate(rows):
            said, previous = row["text"], row["previous_text"] or ""
            if (index % 100) < source.strip * 100:
                said, previous = stripped(said), stripped(previous)
            parts = [part for part in views(said, previous) if part.clause.norms]
            if kind == "paraphrase":
                parts = [part for part in parts if not backchannel(part.clause)]
            found = [extract(part) for part in parts]
            if found:
                names = names or list(found[0])
                features = np.array([[each[name] for name in names] for each in found])
                # each corpus weighs by its positives, whatever its size; within it, rows are as frequent as they are
                bags.append(Bag(features, positive(row, source), source.weight / count, source))
    model = _multiple(bags)
    intercept = float(model.intercept_[0]) - _threshold(bags, model)
    return intercept, dict(zip(names, map(float, model.coef_[0]), strict=True))


def _multiple(bags: list[Bag]) -> LogisticRegression:
    """Fit so that the surest clause of a row decides."""
    model: LogisticRegression | None = None
    weights = np.array([bag.weight for bag in bags])
    truths = np.array([bag.truth for bag in bags])
    for _ in range(5):
        if model is None:  # before anything is known, every clause alike
            features = np.array([bag.features.mean(axis=0) for bag in bags])
        else:
            features = np.array([bag.features[int(np.argmax(model.decision_function(bag.features)))] for bag in bags])
        model = LogisticRegression(C=0.3, max_iter=2000).fit(features, truths, sample_weight=weights / weights.mean())
    assert model is not None
    return model


def _threshold(bags: list[Bag], model: LogisticRegression) -> float:
    """Return the log odds at which the mean F1 of the corpora is best: there the confidence is put to one half."""
    scores = np.array([model.decision_function(bag.features).max() for bag in bags])
    truths = np.array([bag.truth for bag in bags])
    of = {source: np.array([bag.source is source for bag in bags]) for source in dict.fromkeys(b.source for b in bags)}

    def mean_f1(threshold: float) -> float:
        named = scores >= threshold
        parts = [
            source.weight * 2 * (named & truths & at).sum() / max(1, (named & at).sum() + (truths & at).sum())
            for source, at in of.items()
        ]
        return float(sum(parts))

    return float(max(np.linspace(-4, 3, 141), key=mean_f1))


def write(path: Path, fitted: Mapping[str, tuple[float, Mapping[str, float]]]) -> None:
    """Write the calibration file."""
    lines = [
        "# Weights of the word detectors: log odds for each unit of a feature (tests/benchmarks/fit_detectors.py)."
    ]
    for kind, (intercept, weights) in sorted(fitted.items()):
        lines += ["", f"[{kind}]", f"intercept = {intercept:.3f}", "", f"[{kind}.weights]"]
        lines += [f"{name} = {value:.3f}" for name, value in weights.items() if abs(value) >= 0.005]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    path = resource("models", "calibrations", "detectors.toml")
    fitted: dict[str, tuple[float, Mapping[str, float]]] = {}
    if path.is_file():
        import tomllib  # noqa: PLC0415

        known = tomllib.loads(path.read_text("utf-8"))
        fitted = {kind: (entry["intercept"], entry["weights"]) for kind, entry in known.items()}
    for kind in options.only.split(",") if options.only else PLAN:
        fitted[kind] = fit(kind, options.folder)
        print(kind, f"{len(fitted[kind][1])} weights", flush=True)
    write(path, fitted)
    return 0


if __name__ == "__main__":
    sys.exit(main())

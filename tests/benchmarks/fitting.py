"""What fitting a family of word detectors has in common: rows of labelled dialogue, and logistic weights on them.

Only ``train`` rows are looked at. A row is judged by its surest clause, and is fitted so: for a row that has the label,
the clause that carries it is chosen anew in each round. Features are ours (form, overlap, word classes); no word of the
data enters the weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.analysis.judge import views
from coach.analysis.view import View
from coach.resources import resource

Row = dict[str, Any]
Fitted = tuple[float, Mapping[str, float]]
"""Intercept and weights of one detector."""


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


def _says_something(view: View) -> bool:
    return bool(view.clause.norms)


@dataclass(frozen=True)
class Plan:
    """How one detector is fitted: its features, the corpora, which clauses it judges at all, what it takes for one."""

    features: Callable[[View], Mapping[str, float]]
    sources: tuple[Source, ...]
    judges: Callable[[View], bool] = _says_something
    units: Callable[[str, str], Sequence[View]] = views


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


def fit(plan: Plan, folder: Path) -> Fitted:
    """Return intercept and weights of one detector."""
    extract = plan.features
    bags: list[Bag] = []
    missed: Counter[Source] = Counter()
    names: list[str] = []
    for source in plan.sources:
        rows = gather(folder, source)
        count = max(1, sum(positive(row, source) for row in rows))
        for index, row in enumerate(rows):
            said, previous = row["text"], row["previous_text"] or ""
            if (index % 100) < source.strip * 100:
                said, previous = stripped(said), stripped(previous)
            parts = [part for part in plan.units(said, previous) if plan.judges(part)]
            found = [extract(part) for part in parts]
            if found:
                names = names or list(found[0])
                features = np.array([[each[name] for name in names] for each in found])
                # each corpus weighs by its positives, whatever its size; within it, rows are as frequent as they are
                bags.append(Bag(features, positive(row, source), source.weight / count, source))
            else:
                missed[source] += positive(row, source)
    model = _multiple(bags)
    intercept = float(model.intercept_[0]) - _threshold(bags, model, missed)
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


def _threshold(bags: list[Bag], model: LogisticRegression, missed: Mapping[Source, int]) -> float:
    """Return the log odds at which the mean F1 of the corpora is best: there the confidence is put to one half.

    Rows that have the label but nothing that is judged are missed at any threshold.
    """
    scores = np.array([model.decision_function(bag.features).max() for bag in bags])
    truths = np.array([bag.truth for bag in bags])
    of = {source: np.array([bag.source is source for bag in bags]) for source in dict.fromkeys(b.source for b in bags)}

    def mean_f1(threshold: float) -> float:
        named = scores >= threshold
        parts = [
            source.weight
            * (2 * (named & truths & at).sum() / max(1, (named & at).sum() + (truths & at).sum() + missed[source]))
            for source, at in of.items()
        ]
        return float(sum(parts))

    return float(max(np.linspace(-4, 3, 141), key=mean_f1))


def write(family: str, fitted: Mapping[str, Fitted]) -> None:
    """Write the calibration file of a family of detectors."""
    script = f"tests/benchmarks/fit_{family.removesuffix('_semantic')}.py"
    lines = [f"# Weights of word detectors: log odds for each unit of a feature ({script})."]
    for kind, (intercept, weights) in sorted(fitted.items()):
        lines += ["", f"[{kind}]", f"intercept = {intercept:.3f}", "", f"[{kind}.weights]"]
        lines += [f"{name} = {value:.3f}" for name, value in weights.items() if abs(value) >= 0.005]
    path = resource("models", "calibrations") / f"{family}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(family: str, plans: Mapping[str, Plan], described: str) -> int:
    """Fit a family's detectors, or those named with ``--only``, and write its calibration file."""
    parser = argparse.ArgumentParser(description=described.splitlines()[0])
    parser.add_argument("folder", type=Path, help="files in the format that detectors.py reads")
    parser.add_argument("--only", default=",".join(plans), help="kinds, with commas between")
    options = parser.parse_args()
    known = tomllib.loads((resource("models", "calibrations") / f"{family}.toml").read_text("utf-8"))
    fitted: dict[str, Fitted] = {kind: (entry["intercept"], entry["weights"]) for kind, entry in known.items()}
    for kind in options.only.split(","):
        fitted[kind] = fit(plans[kind], options.folder)
        print(kind, f"{len(fitted[kind][1])} weights", flush=True)
    write(family, fitted)
    return 0

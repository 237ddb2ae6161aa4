"""Fit the detector of what is given back in ``models/calibrations/paraphrase.toml`` on labelled dialogue.

    python -m tests.benchmarks.fit_paraphrase FOLDER [--semantic MODEL]

One logistic model for three conventions of labelling: train conversations of AnnoMI and of Oasis (operators only),
from FOLDER, and the open part of our own billing clauses. Every row is taken twice, as written and without case and
punctuation. The table that is printed is cross-validated by conversation: each row is scored by weights that
were fitted on other conversations. From these scores the confidence is made: 0.5
where the mean F1 of AnnoMI and Oasis is best, 0.7 from where on seven in ten are right, on average over the three.
``--semantic`` fits the weights for those who pulled a sentence model, MODEL being its folder, into a file of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.analysis import semantic
from coach.analysis.acknowledging import backchannel
from coach.analysis.calibration import Features
from coach.analysis.given_back import features
from coach.analysis.judge import views
from coach.analysis.semantic import Semantic
from coach.analysis.sentence_model import SentenceModel
from coach.analysis.view import View
from tests.benchmarks.fitting import Source, gather, positive, stripped, write

OWN = Path(__file__).parents[1] / "labelled" / "billing.jsonl"
SOURCES = {
    "annomi": Source("annomi", ("paraphrase",), 1.0),
    "oasis": Source("oasis", ("paraphrase", "echo"), 0.4, role="agent", words=3),
    "billing": Source("billing", ("paraphrase", "echo", "recap"), 0.3),
}
RARE = {"oasis": 1.5}
"""How much more a positive row weighs where one row in twenty is positive: 0.5 is one confidence for all."""
FOLDS = 5
RULE_OUT = 0.03
"""Strength of regularisation (scikit-learn's C, smaller is stronger), on features of unit variance."""

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Bag:
    """One row as written or stripped: its clauses' features (clauses x features), label, weight, origin."""

    features: Array
    truth: bool
    weight: float
    corpus: str
    bare: bool
    conversation: str


@dataclass(frozen=True)
class Model:
    """Weights for features as they are."""

    intercept: float
    weights: Array

    def surest(self, bags: Sequence[Bag]) -> Array:
        """Return the log odds of each row: those of its surest clause."""
        return np.array([self.clauses(bag).max(initial=-30.0) for bag in bags])

    def clauses(self, bag: Bag) -> Array:
        """Return the log odds of each clause."""
        return np.asarray(bag.features @ self.weights + self.intercept)


def bags(folder: Path, model: Semantic | None = None) -> tuple[list[Bag], list[str]]:
    """Return every row, and the names of the features."""
    found: list[Bag] = []

    def measured(view: View) -> Features:
        return {**features(view), **(semantic.features(view, model) if model is not None else {})}

    names: list[str] = list(measured(views("so", "")[0]))
    for corpus, source in SOURCES.items():
        rows = [row for row in _rows(folder, corpus, source) if len(row["text"].split()) >= source.words]
        count = sum(positive(row, source) for row in rows)
        for row in rows:
            truth = positive(row, source)
            weight = source.weight / count / 2 * (RARE.get(corpus, 1.0) if truth else 1.0)
            for bare in (False, True):
                said, previous = row["text"], row["previous_text"] or ""
                if bare:
                    said, previous = stripped(said), stripped(previous)
                parts = [v for v in views(said, previous) if v.clause.norms and not backchannel(v.clause)]
                if model is not None:
                    model.learn(semantic.lines_of(parts))
                table = np.array([list(measured(part).values()) for part in parts]).reshape(len(parts), len(names))
                found.append(Bag(table, truth, weight, corpus, bare, f"{corpus}:{row['conversation']}"))
    return found, names


def _rows(folder: Path, corpus: str, source: Source) -> list[dict[str, Any]]:
    if corpus != "billing":
        return gather(folder, source)
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    unsure = {"paraphrase", "echo"}
    return [row for row in rows if row["split"] == "train" and not unsure.intersection(row.get("not_scored", ()))]


def fit(rows: Sequence[Bag]) -> Model:
    """Fit so that the surest clause of a row decides: which one it is, is chosen anew in each round."""
    judged = [bag for bag in rows if len(bag.features)]
    every = np.vstack([bag.features for bag in judged])
    middle, spread = every.mean(axis=0), every.std(axis=0) + 1e-6
    weights = np.array([bag.weight for bag in judged])
    truths = np.array([bag.truth for bag in judged])
    model: Model | None = None
    for _ in range(FOLDS):
        chosen = [
            bag.features.mean(axis=0) if model is None else bag.features[int(model.clauses(bag).argmax())]
            for bag in judged
        ]
        fitted = LogisticRegression(C=RULE_OUT, max_iter=2000).fit(
            (np.array(chosen) - middle) / spread, truths, sample_weight=weights / weights.mean()
        )
        slopes = fitted.coef_[0] / spread
        model = Model(float(fitted.intercept_[0] - middle @ slopes), slopes)
    assert model is not None
    return model


def unseen(rows: Sequence[Bag]) -> Array:
    """Return the log odds of each row by weights fitted without its conversation."""
    order = sorted({bag.conversation for bag in rows})
    np.random.default_rng(0).shuffle(order)
    fold = {conversation: index % FOLDS for index, conversation in enumerate(order)}
    scores = np.zeros(len(rows))
    for part in range(FOLDS):
        model = fit([bag for bag in rows if fold[bag.conversation] != part])
        held = [index for index, bag in enumerate(rows) if fold[bag.conversation] == part]
        scores[held] = model.surest([rows[index] for index in held])
    return scores


def measured(scores: Array, truths: Array, threshold: float) -> tuple[float, float, float]:
    """Return precision, recall and F1 above a threshold."""
    named = scores >= threshold
    hit = int((named & truths).sum())
    return (
        hit / max(1, named.sum()),
        hit / max(1, truths.sum()),
        float(2 * hit / max(1, named.sum() + truths.sum())),
    )


def _parts(rows: Sequence[Bag]) -> Mapping[tuple[str, bool], Array]:
    return {
        (corpus, bare): np.array([bag.corpus == corpus and bag.bare == bare for bag in rows])
        for corpus in SOURCES
        for bare in ((False,) if corpus == "oasis" else (False, True))  # Oasis has no punctuation to take away
    }


def scale(rows: Sequence[Bag], scores: Array) -> tuple[float, float]:
    """Return the log odds that become a confidence of 0.5, and by how much the rest is stretched."""
    truths = np.array([bag.truth for bag in rows])
    parts = _parts(rows)

    def mean(threshold: float, corpora: Sequence[str], what: int) -> float:
        by = {
            corpus: np.mean(
                [measured(scores[at], truths[at], threshold)[what] for (c, _), at in parts.items() if c == corpus]
            )
            for corpus in corpora
        }
        return float(np.mean(list(by.values())))

    grid = np.linspace(-3, 3, 241)
    half = float(max(grid, key=lambda threshold: mean(threshold, ("annomi", "oasis"), 2)))
    right = [threshold for threshold in grid if threshold > half and mean(threshold, tuple(SOURCES), 0) >= 0.7]
    stretch = log(0.7 / 0.3) / (right[0] - half) if right else 1.0
    for (corpus, bare), at in parts.items():
        print(f"{corpus:8} {'bare' if bare else 'as is':6} rows {at.sum():5d} positive {truths[at].sum():4d}", end="  ")
        for threshold in (half, right[0] if right else half):
            print("  ".join(f"{value:.3f}" for value in measured(scores[at], truths[at], threshold)), end="   |   ")
        print(f"best F1 {max(measured(scores[at], truths[at], t)[2] for t in grid):.3f}")
    return half, stretch


def main() -> int:
    """Cross-validate, fit on everything, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="files in the format that detectors.py reads")
    parser.add_argument("--semantic", type=Path, help="folder of a sentence model")
    options = parser.parse_args()
    kind = "paraphrase_semantic" if options.semantic else "paraphrase"
    rows, names = bags(options.folder, SentenceModel(options.semantic, "") if options.semantic else None)
    print("precision, recall, F1 at 0.5 | the same at 0.7, each row by weights fitted on other conversations")
    half, stretch = scale(rows, unseen(rows))
    model = fit(rows)
    weights = dict(zip(names, (float(weight) * stretch for weight in model.weights), strict=True))
    write(kind, {kind: ((model.intercept - half) * stretch, weights)})
    print(f"{len(weights)} weights; 0.5 at log odds {half:.2f}, stretched by {stretch:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

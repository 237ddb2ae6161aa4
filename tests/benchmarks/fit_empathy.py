"""Fit the detectors of warm words in ``models/calibrations/empathy.toml``.

    python -m tests.benchmarks.fit_empathy FOLDER [--only empathy] [--figures]

Fitted on the train conversations of ESConv in FOLDER and on the open part of ``tests/labelled/billing.jsonl``, a row
of which weighs as much. A row is judged as a whole, by all its clauses together. The confidence of one half is put
where the F1 of ESConv, counted six times, and that of the billing clauses are best together, both on conversations that
the weights were not fitted on. ``--figures`` prints that F1 and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from coach.analysis import empathy
from coach.analysis.calibration import Features
from coach.analysis.judge import views
from coach.analysis.view import View
from coach.resources import resource
from tests.benchmarks.fitting import Fitted, write
from tests.benchmarks.labelled import Row, choose

BILLING = Path(__file__).parents[1] / "labelled" / "billing.jsonl"
RULES: dict[str, Callable[[View], float]] = {"empathy": empathy.named, "reassurance": empathy.allayed}
OWN = 1.0
"""Weight of a row of the billing clauses, against 1 for one of ESConv."""

RIDGE = 0.003
"""How freely weights may grow, on features of unit spread."""
ESCONV = 6.0
"""How often the F1 of ESConv counts, against once for that of the billing clauses, where one half is put."""
FOLDS = 5


@dataclass(frozen=True)
class Data:
    """Rows as numbers: features of unit spread, truth, conversation, and whether a row is one of our own."""

    names: Sequence[str]
    spread: np.ndarray
    middle: np.ndarray
    features: np.ndarray
    truth: np.ndarray
    conversation: np.ndarray
    own: np.ndarray


def gathered(kind: str, folder: Path) -> Data:
    """Return the rows that a kind is fitted on."""
    sources = (folder / "esconv.jsonl.gz", BILLING)
    rows: list[Row] = []
    found: list[Features] = []
    for path in sources:
        for row in choose(path, "train", "all").rows:
            if measured := empathy.features(views(row.text, row.previous), RULES[kind]):
                rows.append(row)
                found.append(measured)
    shaped = DictVectorizer(sparse=False)
    features = shaped.fit_transform([dict(measured) for measured in found])
    spread = features.std(axis=0)
    spread[spread == 0] = 1.0
    own = np.array([row.source != "esconv" for row in rows])
    return Data(
        names=list(shaped.get_feature_names_out()),
        spread=spread,
        middle=features.mean(axis=0),
        features=(features - features.mean(axis=0)) / spread,
        truth=np.array([kind in row.labels for row in rows]),
        conversation=np.array([row.source + row.conversation for row in rows]),
        own=own,
    )


def _model(data: Data, at: np.ndarray) -> LogisticRegression:
    weights = np.where(data.own[at], OWN, 1.0)
    return LogisticRegression(C=RIDGE, max_iter=400).fit(data.features[at], data.truth[at], sample_weight=weights)


def _f1(named: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (named & truth).sum() / max(1, named.sum() + truth.sum()))


def threshold(data: Data) -> tuple[float, float, float]:
    """Return the log odds of one half, with F1 on ESConv and on the billing clauses, each row scored unseen."""
    odds = np.zeros(len(data.truth))
    for fitted, unseen in GroupKFold(FOLDS).split(data.features, data.truth, data.conversation):
        odds[unseen] = _model(data, fitted).decision_function(data.features[unseen])

    def figures(at: float) -> tuple[float, float]:
        named = odds >= at
        return tuple(_f1(named[part], data.truth[part]) for part in (~data.own, data.own))  # type: ignore[return-value]

    best = max(np.linspace(-3, 1, 81), key=lambda at: ESCONV * figures(at)[0] + figures(at)[1])
    return (float(best), *figures(best))


def fit(data: Data, half: float) -> Fitted:
    """Return intercept and weights over features as they are measured."""
    model = _model(data, np.arange(len(data.truth)))
    weights = model.coef_[0] / data.spread
    intercept = float(model.intercept_[0]) - half - float(weights @ data.middle)
    return intercept, dict(zip(data.names, map(float, weights), strict=True))


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(RULES))
    parser.add_argument("--figures", action="store_true", help="print F1 on unseen conversations and write nothing")
    options = parser.parse_args()
    known = tomllib.loads((resource("models", "calibrations") / "empathy.toml").read_text("utf-8"))
    fitted: dict[str, Fitted] = {kind: (entry["intercept"], entry["weights"]) for kind, entry in known.items()}
    for kind in options.only.split(","):
        data = gathered(kind, options.folder)
        half, esconv, billing = threshold(data)
        print(f"{kind}: {len(data.names)} weights; F1 unseen: ESConv {esconv:.3f}, billing {billing:.3f}", flush=True)
        fitted[kind] = fit(data, half)
    if not options.figures:
        write("empathy", fitted)
    return 0


if __name__ == "__main__":
    sys.exit(main())

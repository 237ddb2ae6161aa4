"""Fit the detector of short acknowledgements in ``models/calibrations/acknowledging.toml`` on labelled dialogue.

python tests/benchmarks/fit_acknowledging.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from coach.analysis import acknowledging, text
from coach.analysis.before import Before
from coach.analysis.clauses import Clause
from coach.analysis.view import View
from tests.benchmarks.fitting import Plan, Source, run


def whole(said: str, previous: str) -> Sequence[View]:
    """Return an utterance as one reply."""
    return (View(Clause.of(text.tokens(said), punctuated=False), Before.of(previous)),)


PLANS = {
    "backchannel": Plan(
        acknowledging.features,
        (
            Source("oasis", ("backchannel",), 1.0, role="agent"),
            Source("oasis", ("backchannel",), 0.3, role="caller"),
            Source("mrda", ("backchannel",), 0.05),
            Source("swda", ("backchannel",), 0.05),
        ),
        judges=lambda view: bool(acknowledging.features(view)),
        units=whole,
    ),
}

if __name__ == "__main__":
    sys.exit(run("acknowledging", PLANS, __doc__))

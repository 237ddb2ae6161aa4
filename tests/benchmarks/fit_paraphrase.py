"""Fit the detector of what is given back in ``models/calibrations/paraphrase.toml`` on labelled dialogue.

python tests/benchmarks/fit_paraphrase.py FOLDER
"""

from __future__ import annotations

import sys

from coach.analysis import paraphrase
from coach.analysis.acknowledging import backchannel
from tests.benchmarks.fitting import Plan, Source, run

PLANS = {
    "paraphrase": Plan(
        paraphrase.features,
        (
            Source("annomi", ("paraphrase",), 1.0),
            Source("oasis", ("paraphrase", "echo"), 1.0, role="agent", words=3),
        ),
        judges=lambda view: bool(view.clause.norms) and not backchannel(view.clause),
    ),
}

if __name__ == "__main__":
    sys.exit(run("paraphrase", PLANS, __doc__))

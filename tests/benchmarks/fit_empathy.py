"""Fit the detectors of warm words in ``models/calibrations/empathy.toml`` on labelled dialogue.

python tests/benchmarks/fit_empathy.py FOLDER [--only empathy]
"""

from __future__ import annotations

import sys

from coach.analysis import empathy
from tests.benchmarks.fitting import Plan, Source, run

PLANS = {
    "empathy": Plan(empathy.features, (Source("esconv", ("empathy",)),)),
    "reassurance": Plan(empathy.features, (Source("esconv", ("reassurance",)),)),
}

if __name__ == "__main__":
    sys.exit(run("empathy", PLANS, __doc__))

"""Fit the detectors of questions in ``models/calibrations/questions.toml`` on labelled dialogue.

python tests/benchmarks/fit_questions.py FOLDER [--only question]
"""

from __future__ import annotations

import sys

from coach.analysis import questions
from tests.benchmarks.fitting import Plan, Source, run

PLANS = {
    "question": Plan(
        questions.features,
        (
            Source("annomi", ("question",), 1.0),
            Source("oasis", ("question",), 1.0, role="agent"),
            Source("mrda", ("question",), 0.5),
            Source("swda", ("question",), 0.5),
            Source("esconv", ("question",), 0.3),
        ),
    ),
    "open_question": Plan(
        questions.open_features,
        (Source("annomi", ("open_question",), 1.0, among=("open_question", "closed_question")),),
    ),
    "clarifying_question": Plan(questions.clarifying_features, (Source("mrda", ("clarifying_question",)),)),
}

if __name__ == "__main__":
    sys.exit(run("questions", PLANS, __doc__))

"""The measures as CSV: one row a measure, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from coach.conversation import Review
from coach.reporting.text import clean
from coach.reporting.view import measure_json

COLUMNS = ("call", "measure", "value", "unit", "numerator", "denominator", "why")
"""In this order; a value that could not be computed is an empty cell, with its reason under ``why``."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def render_csv(reviews: Review | Iterable[Review]) -> str:
    """Return one row a measure and call, with the numbers as the review file has them.

    Args:
        reviews: One review, or several for one table.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for review in [reviews] if isinstance(reviews, Review) else reviews:
        call = review.recording.uri or review.recording.sha256 or ""
        for measure in review.findings.measures:
            shown = measure_json(measure)
            numbers = [shown[key] for key in ("value", "unit", "numerator", "denominator")]
            rows.writerow([cell(call), cell(measure.name), *numbers, cell(str(shown["why"] or ""))])
    return text.getvalue()


def cell(text: str) -> str:
    """Return untrusted text that no spreadsheet takes for a formula.

    >>> cell("=HYPERLINK(1)"), cell(" -2+3"), cell("talk_ratio")
    ("'=HYPERLINK(1)", "'-2+3", 'talk_ratio')
    """
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown

"""What the pages of a shift have in common: one file each, no script, no address but those of reports beside them."""

from __future__ import annotations

from collections.abc import Mapping

from coach.reporting import still_page
from coach.reporting.phrases import SHIFT, phrases
from coach.reporting.shift_chart import multiple, strip
from coach.reporting.shift_values import ENOUGH, ENOUGH_CALLS
from coach.reporting.shift_words import Teller, current, day_in_words, has_more
from coach.reporting.templates import Filter

STYLES = ("report.css", "shift.css")
"""A report's looks, and what a shift's pages add to them."""


def render(template: str, values: Mapping[str, object]) -> str:
    """Return a page.

    Args:
        template: Its name in ``reports/templates``.
        values: What it shows.

    Raises:
        ConfigurationError: A template, style or sentence was edited so that it no longer works.
    """
    say = phrases(SHIFT)
    tell = Teller(say)
    common: dict[str, object] = {
        "say": say,
        "tell": tell,
        "names": phrases(),
        "enough": ENOUGH,
        "enough_calls": ENOUGH_CALLS,
        "current": current,
        "multiple": lambda skill: multiple(skill, tell),
        "strip": strip,
    }
    filters: dict[str, Filter] = {"day": day_in_words, "has_more": has_more}
    return still_page.render(template, {**common, **values}, styles=STYLES, filters=filters)

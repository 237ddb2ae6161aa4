"""The page that supervisors see: what to listen to, the team's work, and people beside their own earlier weeks."""

from __future__ import annotations

from coach.reporting.phrases import SHIFT, phrases
from coach.reporting.shift_chart import day_bars
from coach.reporting.shift_render import render
from coach.reporting.shift_values import COMPANY, ShiftPage


def render_shift(page: ShiftPage) -> str:
    """Return the shift's page: one file that opens from a folder, needs no script and connects to nothing.

    Args:
        page: What it shows, as the agreement lets it.

    Raises:
        ConfigurationError: A template, style or sentence was edited so that it no longer works.
    """
    undated = phrases(SHIFT)("team.undated")
    days = () if page.workload is None else page.workload.days
    return render(
        "shift.html.j2",
        {
            "page": page,
            "days": day_bars(days, undated),
            "company": COMPANY,
        },
    )

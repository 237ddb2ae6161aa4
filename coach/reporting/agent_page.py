"""An agent's own page: what went well, their own weeks, what others see of it, and how to say that it misheard."""

from __future__ import annotations

from coach.reporting.shift_chart import LEFT
from coach.reporting.shift_render import render
from coach.reporting.shift_values import AgentPage

SHOWN = 3
"""Moments that went well before “more”."""

MARK = "coach agent page"
"""What tells such a page from any other file: one of somebody whose calls are all gone is taken away."""


def render_agent(page: AgentPage) -> str:
    """Return an agent's page: one file that opens from a folder, needs no script and connects to nothing.

    Args:
        page: What it shows.

    Raises:
        ConfigurationError: A template, style or sentence was edited so that it no longer works.
    """
    return render(
        "agent.html.j2",
        {"page": page, "kept": page.kept[:SHOWN], "more_kept": page.kept[SHOWN:], "mark": MARK, "left": LEFT},
    )

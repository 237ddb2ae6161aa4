"""A person's own weeks as one page: small multiples, each with its table; no script, nothing from anywhere else."""

from __future__ import annotations

from coach import __version__
from coach.reporting import progress as words
from coach.reporting.progress_charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, charts
from coach.reporting.progress_values import Progress
from coach.reporting.still_page import render

STYLES = ("report.css", "progress.css")


def progress_html(progress: Progress, *, printed: bool = False) -> str:
    """Return the page.

    Args:
        progress: The weeks.
        printed: Whether it is for paper: every table is open, and pictures carry their own colours.

    Raises:
        ConfigurationError: A template or the file of sentences was edited so that it no longer works.
    """
    say = words.sentences()
    values: dict[str, object] = {
        "say": say,
        "printed": printed,
        "version": __version__,
        "title": say("progress.title", day=words.full(progress.until)),
        "span": say("progress.span", weeks=progress.weeks, day=words.full(progress.until)),
        "agent": progress.agent or "",
        "opening": words.opening(progress, say),
        "changes": words.changes(progress, say),
        "rows": words.rows(progress, say),
        "about": words.about(progress, say),
        "charts": charts(progress, say),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "levels": (("all", TOP), ("half", (TOP + BOTTOM) / 2), ("none", BOTTOM)),
        "turns": [sentence for way in progress.ways if (sentence := words.change(way, say))],
        "left_out": words.left_out(progress, say),
    }
    return render("progress.html.j2", values, styles=STYLES)

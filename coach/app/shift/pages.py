"""Writing a shift's pages and tables: each agent's own page first, then what supervisors see."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.app.shift.assembling import Material, agent_pages, shift_page
from coach.app.shift.links import OWN_PAGES, links_from, own_page
from coach.conversation import StorageError
from coach.reporting.agent_page import MARK, render_agent
from coach.reporting.files import write_atomically
from coach.reporting.shift_page import render_shift
from coach.reporting.shift_table import calls_csv, calls_parquet, figures_csv, figures_parquet, shift_json

PAGE = "shift.html"
TABLES = ("shift.json", "figures.csv", "figures.parquet", "calls.csv", "calls.parquet")

_OWN = re.compile(r"[a-z0-9-]+-[0-9a-f]{8}\.html")
_HEAD = 2048


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        agents: Each agent's own page.
        page: The shift's page.
        tables: CSV, Parquet and JSON.
        removed: Pages of agents of whom nothing is kept any more.
    """

    agents: Mapping[str, Path]
    page: Path
    tables: tuple[Path, ...]
    removed: tuple[Path, ...]


def write_pages(folder: Path, material: Material) -> Written:
    """Write every agent's own page, and only then the page that supervisors see and the tables.

    Args:
        folder: Where they belong; made where it is missing, for its owner alone.
        material: What they are made from.

    Raises:
        StorageError: The disk is full, or the folder cannot be written. Then no new shift's page is there.
        ConfigurationError: A template or sentence was edited so that it no longer works.
    """
    own = folder / OWN_PAGES
    try:
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"The folder {own} cannot be made: {error.strerror}. Choose another with --out.") from error
    written: dict[str, Path] = {}
    for about in agent_pages(material, links_from(own)):
        path = folder / own_page(about.figures.agent)
        write_atomically(path, render_agent(about))
        written[about.figures.agent] = path
    page = shift_page(material, links_from(folder))
    absent = [agent.agent for agent in page.agents if agent.agent not in written or not written[agent.agent].is_file()]
    if absent:
        raise StorageError(
            f"The own pages of {len(absent)} agents are not in {own}, so the shift's page is not written. Run it again."
        )
    html = folder / PAGE
    write_atomically(html, render_shift(page))
    tables: Mapping[str, str | bytes] = {
        "shift.json": shift_json(page),
        "figures.csv": figures_csv(page),
        "figures.parquet": figures_parquet(page),
        "calls.csv": calls_csv(page),
        "calls.parquet": calls_parquet(page),
    }
    for name, content in tables.items():
        write_atomically(folder / name, content)
    removed = _sweep(own, {path.name for path in written.values()})
    return Written(written, html, tuple(folder / name for name in tables), removed)


def _sweep(own: Path, present: Collection[str]) -> tuple[Path, ...]:
    """Remove the pages of agents of whom nothing is kept any more, and nothing else."""
    removed = tuple(path for path in own_pages(own.parent) if path.name not in present)
    for path in removed:
        path.unlink()
    return removed


def own_pages(folder: Path) -> tuple[Path, ...]:
    """Return the agents' own pages in a folder of reports: by their names, and by what is in their heads."""
    own = folder / OWN_PAGES
    found = []
    for path in sorted(own.iterdir()) if own.is_dir() else ():
        if not _OWN.fullmatch(path.name) or not path.is_file():
            continue
        with path.open("rb") as file:
            if MARK.encode() in file.read(_HEAD):
                found.append(path)
    return tuple(found)

"""Writing a shift's pages and tables: each agent's own page first, then what supervisors see."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.app.report_folder import Near, ReportFolder
from coach.app.shift.assembling import Material, agent_pages, shift_page
from coach.app.shift.links import OWN_PAGES, links_from, own_page
from coach.conversation import StorageError
from coach.reporting.agent_page import MARK, render_agent
from coach.reporting.shift_page import render_shift
from coach.reporting.shift_table import calls_csv, calls_parquet, figures_csv, figures_parquet, shift_json

PAGE = "shift.html"
TABLES = ("shift.json", "figures.csv", "figures.parquet", "calls.csv", "calls.parquet")

_OWN = re.compile(r"[a-z0-9-]+-[0-9a-f]{8}\.html")
_HEAD = 2048


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: paths, or addresses without what it takes to get in.

    Attributes:
        agents: Each agent's own page.
        page: The shift's page.
        tables: CSV, Parquet and JSON.
        removed: Pages of agents of whom nothing is kept any more.
        own: Folder of the agents' own pages.
    """

    agents: Mapping[str, str]
    page: str
    tables: tuple[str, ...]
    removed: tuple[str, ...]
    own: str


def write_pages(folder: ReportFolder | Path, material: Material) -> Written:
    """Write every agent's own page, and only then the page that supervisors see and the tables.

    Args:
        folder: Where they belong; made where it is missing, for its owner alone where that can be said.
        material: What they are made from.

    Raises:
        StorageError: The disk is full, or the folder cannot be written. Then no new shift's page is there.
        ConfigurationError: A template or sentence was edited so that it no longer works.
    """
    where: ReportFolder = Near(folder) if isinstance(folder, Path) else folder
    where.prepare(OWN_PAGES)
    written: dict[str, str] = {}
    for about in agent_pages(material, links_from(where.place(OWN_PAGES))):
        written[about.figures.agent] = own_page(about.figures.agent)
        where.write(written[about.figures.agent], render_agent(about))
    page = shift_page(material, links_from(where.place("")))
    there = {f"{OWN_PAGES}/{name}" for name in where.names(OWN_PAGES)}
    absent = [agent.agent for agent in page.agents if written.get(agent.agent) not in there]
    if absent:
        raise StorageError(
            f"The own pages of {len(absent)} agents are not in {where.shown}, so the shift's page is not written. "
            "Run it again."
        )
    where.write(PAGE, render_shift(page))
    tables: Mapping[str, str | bytes] = {
        "shift.json": shift_json(page),
        "figures.csv": figures_csv(page),
        "figures.parquet": figures_parquet(page),
        "calls.csv": calls_csv(page),
        "calls.parquet": calls_parquet(page),
    }
    for name, content in tables.items():
        where.write(name, content)
    removed = _sweep(where, written.values())
    return Written(
        {agent: where.place(name) for agent, name in written.items()},
        where.place(PAGE),
        tuple(map(where.place, tables)),
        tuple(map(where.place, removed)),
        where.place(OWN_PAGES),
    )


def _sweep(where: ReportFolder, present: Collection[str]) -> list[str]:
    """Remove the pages of agents of whom nothing is kept any more, and nothing else."""
    removed = own_pages(where, present)
    for name in removed:
        where.remove(name)
    return removed


def own_pages(where: ReportFolder, but: Collection[str] = ()) -> list[str]:
    """Return the agents' own pages in a folder of reports: by their names, and by what is in their heads.

    Args:
        where: The folder.
        but: Pages that are not asked for.
    """
    found = (f"{OWN_PAGES}/{name}" for name in where.names(OWN_PAGES) if _OWN.fullmatch(name))
    return [name for name in found if name not in but and MARK.encode() in where.head(name)[:_HEAD]]

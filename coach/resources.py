"""Where the files live that a user may read and change: recipes, models' cards, templates, the made call.

In a checkout they are the folders beside ``coach/``, and edits count at once. In an install they are
``coach/_data/``, put there by the build. The checkout wins, so that an editable install never serves
a stale copy.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDERS = {
    "pipelines": Path("pipelines"),
    "models": Path("models"),
    "reports": Path("reports"),
    "demo": Path("tests", "calls", "high-bill"),
}
"""Name of a resource folder, and where it stands in a checkout."""


@cache
def _checkout() -> Path | None:
    """Return the root of the checkout that this package is imported from, if it is one."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() and (root / "pipelines").is_dir() else None


def resource(folder: str, *names: str) -> Path:
    """Return the path of a resource file or folder.

    Args:
        folder: ``pipelines``, ``models``, ``reports`` or ``demo``.
        names: Path below it.

    Raises:
        KeyError: No such resource folder.
    """
    within = FOLDERS[folder]
    root = _checkout()
    base = root / within if root is not None else Path(__file__).resolve().parent / "_data" / folder
    return base.joinpath(*names)

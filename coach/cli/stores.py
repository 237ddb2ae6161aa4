"""The option that names a store, the same wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.cli.streams import tell

if TYPE_CHECKING:
    from pathlib import Path

WARNING = (
    "The database's URL holds a password, and whoever is on this computer can read it in the list of processes.\n"
    "Leave it out of the URL, and put it into PGPASSWORD or ~/.pgpass."
)


def named(url: str | None) -> str | None:
    """Return a store's URL as it was typed, and warn where a password stands in it."""
    if url is not None and _has_password(url):
        for line in WARNING.splitlines():
            tell(line)
    return url


IN_FILE = (
    "{name} holds the database's password. Leave it out of the URL, and put it into ~/.pgpass, or into a service file "
    "that the URL names: docs/store.md shows both."
)
OPEN = "Others on this computer can read that file. This keeps it to you alone:"


def in_recipe(recipe: str, url: str | None, *, quiet: bool) -> None:
    """Warn where a store's URL in a recipe's file holds a password; quietly, only where others can read the file.

    Args:
        recipe: Its name, or the file's path.
        url: As the recipe has it.
        quiet: Whether nothing but what is wrong should be said.
    """
    if url is None or not _has_password(url):
        return
    import shlex
    from pathlib import Path

    from coach.reporting.text import clean, wrap

    path = Path(recipe)
    seen = _others_read(path)
    if quiet and not seen:
        return
    for line in wrap(clean(IN_FILE.format(name=path.name)), hanging="  "):
        tell(line)
    if seen:
        tell(OPEN)
        tell(f"  chmod 600 {clean(shlex.quote(str(path)))}")


def _others_read(path: Path) -> bool:
    """Whether others than its owner can read a file, where the system tells."""
    import os

    try:
        return os.name == "posix" and bool(path.stat().st_mode & 0o077)
    except OSError:
        return False


def _has_password(url: str) -> bool:
    scheme, found, rest = url.partition("://")
    if not found or scheme.startswith("sqlite"):
        return False
    address, _, query = rest.partition("?")
    user, at, _ = address.rpartition("@")
    return (bool(at) and ":" in user) or any(part.startswith("password=") for part in query.split("&"))

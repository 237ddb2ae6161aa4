"""Where a page finds a call's report, and what an agent's own page is called."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

from coach.app.intake.shown import is_address
from coach.store.values import StoredCall

Link = Callable[[StoredCall], str | None]
"""Gives a report's address, relative to the page that links to it."""

OWN_PAGES = "agents"
"""Folder of the agents' own pages, beside the shift's page."""

_REMOTE = re.compile(r"https://[^\s]+")
_SLUG = 40


def links_from(folder: Path | str) -> Link:
    """Return what gives each call's report an address relative to a page in a folder.

    Where page and report lie in one place, on this computer or at addresses, the folder may be copied or served as it
    is, and the link holds. Of a report elsewhere only an https address is one that a browser can follow.

    Args:
        folder: Of the page: a path, or an address.
    """
    if is_address(str(folder)):
        system, path = _at(str(folder))
        return lambda call: _far_link(call.report, system, path)

    def link(call: StoredCall) -> str | None:
        report = call.report
        if not report:
            return None
        if is_address(report):
            return _secure(report)
        try:
            relative = os.path.relpath(report, folder)
        except ValueError:  # on another drive
            return None
        # The dot keeps a name such as “javascript:…” from being read as anything but a file.
        return f"./{quote(Path(relative).as_posix())}"

    return link


def _far_link(report: str | None, system: str, folder: str) -> str | None:
    if not report or not is_address(report):
        return None
    where, path = _at(report)
    return f"./{quote(posixpath.relpath(path, folder))}" if where == system else _secure(report)


def _at(address: str) -> tuple[str, str]:
    """Return the system of an address with its host or bucket, and the path there."""
    system, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    return f"{system.casefold()}://{host}", f"/{path}"


def _secure(address: str) -> str | None:
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~-._") if _REMOTE.fullmatch(address) else None


def no_links(_call: StoredCall) -> None:
    """Give no call an address: reports may not be seen."""


def own_page(agent: str) -> str:
    """Return the address of an agent's own page relative to the shift's.

    The hash tells two people apart whose names look alike in a file name, and holds nothing that the name does not.
    """
    plain = normalize("NFKD", agent).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG] or "agent"
    return f"{OWN_PAGES}/{slug}-{hashlib.sha256(agent.encode('utf-8', 'replace')).hexdigest()[:8]}.html"

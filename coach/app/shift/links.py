"""Where a page finds a call's report, and what an agent's own page is called."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

from coach.store.values import StoredCall

Link = Callable[[StoredCall], str | None]
"""Gives a report's address, relative to the page that links to it."""

OWN_PAGES = "agents"
"""Folder of the agents' own pages, beside the shift's page."""

_REMOTE = re.compile(r"https://[^\s]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_SLUG = 40


def links_from(folder: Path) -> Link:
    """Return what gives each call's report an address relative to a page in a folder.

    What is no file and no https address gets none: an address that came with a recording could be anything.
    """

    def link(call: StoredCall) -> str | None:
        report = call.report
        if not report:
            return None
        if _SCHEME.match(report):
            return quote(report, safe=":/?#[]@!$&'()*+,;=%~-._") if _REMOTE.fullmatch(report) else None
        try:
            relative = os.path.relpath(report, folder)
        except ValueError:  # on another drive
            return None
        # The dot keeps a name such as “javascript:…” from being read as anything but a file.
        return f"./{quote(Path(relative).as_posix())}"

    return link


def no_links(_call: StoredCall) -> None:
    """Give no call an address: reports may not be seen."""


def own_page(agent: str) -> str:
    """Return the address of an agent's own page relative to the shift's.

    The hash tells two people apart whose names look alike in a file name, and holds nothing that the name does not.
    """
    plain = normalize("NFKD", agent).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG] or "agent"
    return f"{OWN_PAGES}/{slug}-{hashlib.sha256(agent.encode('utf-8', 'replace')).hexdigest()[:8]}.html"

"""Which files are a call's, told by what is in them: nothing goes because of its name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from coach.app.naming import Output, page_source, redacted_hashes, reviewed_hashes, sha256_of
from coach.app.settings import FORMATS
from coach.files import unfinished_of
from coach.reporting.digest import digest_day

if TYPE_CHECKING:
    from coach.store.values import StoredCall

HASH = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 as it is written everywhere here."""

DIGESTS: Final = "night-*.md"
"""What nights call their digests; what is in one says that it is one."""

LONGEST_LINE: Final = 1000

_PLAYED = re.compile(r'<audio id="audio"[^>]* src="([^"]{1,2000})"')


def identity(review: Mapping[str, object]) -> str:
    """Return the hash that a review's call goes by in a store: of its recording, or of its transcript."""
    recording = review.get("recording")
    digest = recording.get("sha256") if isinstance(recording, Mapping) else None
    return str(digest or review.get("source"))


def hashes_known(review: Mapping[str, object]) -> frozenset[str]:
    """Return every hash by which a review's recordings are known."""
    found = (*reviewed_hashes(review), *redacted_hashes(review), review.get("source"), identity(review))
    return frozenset(digest for digest in map(str, found) if HASH.fullmatch(digest))


def files_of(path: Path, review: Mapping[str, object]) -> Iterator[Path]:
    """Yield the files of a review that are told to be ours: by their own content, or by the review's."""
    output = Output(path.parent, path.stem)
    page = output.path("html")
    ours = page_source(page) in hashes_known(review)
    if ours:
        yield page
    sound = output.path("mp3")  # the recording itself may be called so
    if ours and sound.is_file() and sha256_of(sound) not in hashes_known(review) and _plays(page, sound.name):
        yield sound
    for suffix in _formats(review):
        if output.path(suffix).is_file():
            yield output.path(suffix)
    for suffix in (*FORMATS, "mp3"):
        yield from unfinished_of(output.path(suffix))
    yield path


def _formats(review: Mapping[str, object]) -> list[str]:
    """Return the plain formats that a review was written in besides."""
    recipe = review.get("recipe")
    settings = recipe.get("settings") if isinstance(recipe, Mapping) else None
    formats = settings.get("formats") if isinstance(settings, Mapping) else None
    value = formats.get("value") if isinstance(formats, Mapping) else None
    return [name for name in ("md", "csv", "vtt") if isinstance(value, list) and name in value]


def old_digests(folder: Path, before: datetime) -> list[Path]:
    """Return the nights' digests of days that ended before a time; the newest one stays, however old it is.

    Args:
        folder: Of the reports.
        before: With its zone.
    """
    told = [(day, path.stem, path) for path in folder.glob(DIGESTS) if (day := _day_told(path)) is not None]
    limit = (before - timedelta(days=1)).date()  # a day ends later elsewhere
    return [path for day, _, path in sorted(told)[:-1] if day < limit]


def _day_told(path: Path) -> date | None:
    """Return the day that a digest tells of, ``None`` where a file is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return digest_day(file.readline(LONGEST_LINE))
    except (OSError, UnicodeDecodeError):
        return None


def lone_pages(stored: Sequence[StoredCall], hashes: frozenset[str]) -> Iterator[Path]:
    """Yield the pages that the store knows of and that have lost their review file."""
    for call in stored:
        page = Path(call.report).with_suffix(".html") if call.report is not None else None
        if page is not None and page_source(page) in hashes:
            yield page


def _plays(page: Path, name: str) -> bool:
    """Whether a page plays a file that lies beside it."""
    try:
        content = page.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(unquote(unescape(found)).removeprefix("./") == name for found in _PLAYED.findall(content))

"""A person's weeks as files: a page, Markdown, tables, JSON, and a PDF where the extra for it is there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from coach.conversation import ConfigurationError, StorageError
from coach.reporting.files import write_atomically
from coach.reporting.progress_html import progress_html
from coach.reporting.progress_text import COLUMNS, progress_csv, progress_json, progress_markdown, records
from coach.reporting.progress_values import Progress

NAME = "progress"


def write(progress: Progress, formats: Sequence[str], folder: Path) -> tuple[Path, ...]:
    """Write the weeks, each format as a file of its own, and return their paths.

    Args:
        progress: The weeks.
        formats: Of ``FILES``.
        folder: Where they go.

    Raises:
        ConfigurationError: A PDF was asked for, and what makes one is not there.
        StorageError: The disk is full, or the folder cannot be written.
    """
    if not formats:
        return ()
    made = [(folder / f"{NAME}.{name}", FILES[name](progress)) for name in formats]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another with --out."
        ) from error
    for path, content in made:
        write_atomically(path, content)
    return tuple(path for path, _ in made)


def json_text(progress: Progress) -> str:
    """Return the weeks as one JSON document."""
    return json.dumps(progress_json(progress), ensure_ascii=False, indent=1) + "\n"


def _parquet(progress: Progress) -> bytes:
    table = pd.DataFrame(records(progress), columns=list(COLUMNS))
    table["week"] = pd.to_datetime(table["week"]).dt.date
    kinds = {"calls": "int64", "met": "int64", "of": "int64", "low": "float64", "high": "float64"}
    buffer = io.BytesIO()
    table.astype(kinds).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _pdf(progress: Progress) -> bytes:
    try:
        import weasyprint  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError as error:
        raise ConfigurationError(
            'A PDF needs the extra "pdf": pip install "coach[pdf]". The page prints as well: --format html.'
        ) from error
    except OSError as error:  # it is there, and the system's library that it draws with is not
        raise ConfigurationError(
            "A PDF needs the system library Pango (on Debian: apt install libpangoft2-1.0-0). "
            "The page prints as well: --format html."
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # what a browser understands and it does not
    page: Any = weasyprint.HTML(string=progress_html(progress, printed=True), url_fetcher=_nothing)
    made: bytes = page.write_pdf()
    return made


def _nothing(url: str, *_: object, **__: object) -> NoReturn:
    """Refuse whatever a page might ask for: it has everything in it."""
    raise ValueError(f"nothing is fetched: {url[:20]}")


FILES: Mapping[str, Callable[[Progress], str | bytes]] = {
    "md": progress_markdown,
    "html": progress_html,
    "csv": progress_csv,
    "parquet": _parquet,
    "pdf": _pdf,
    "json": json_text,
}
"""What the weeks can be written as."""

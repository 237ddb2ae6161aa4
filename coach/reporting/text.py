"""Words and numbers as people read them; the only place where a report rounds.

Everything that comes from a call is untrusted: it may hold terminal escapes, direction overrides and
control characters, put there by a file name, an import or a recogniser.
"""

from __future__ import annotations

import re
import textwrap
from datetime import datetime
from math import isfinite

# A terminal obeys CSI and OSC sequences; their parameters would be left behind if only ESC were dropped.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
# Controls, direction marks and overrides, zero-width joins of lines, lone surrogates, tags that hide text.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"\s+")

NO_BREAK = "\u00a0"
"""Keeps a number and its unit on one line."""

WIDTH = 80
"""Columns of a terminal that nobody has widened."""


def clean(text: str) -> str:
    r"""Return untrusted text in one line without anything that a terminal or a browser would obey.

    >>> clean("all\x1b[31m red\x07 \u202edrawkcab")
    'all red drawkcab'
    """
    return _SPACES.sub(" ", _CONTROLS.sub("", _ESCAPES.sub("", text))).strip()


def writable(text: str) -> str:
    """Return text that UTF-8 can carry: lone surrogates, as odd file names hold, become U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def clock(at: float, *, whole: bool = True) -> str:
    """Return a point in time as a player shows it.

    >>> clock(65.2), clock(3725), clock(4.26, whole=False)
    ('1:05', '1:02:05', '0:04.2')
    """
    tenths = int(at * 10 + 1e-6)
    minutes, second = divmod(tenths // 10, 60)
    hours, minute = divmod(minutes, 60)
    shown = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    return shown if whole else f"{shown}.{tenths % 10}"


def duration(seconds: float) -> str:
    """Return a length of time in words, as exact as a person wants it.

    Its spaces do not break: a number stays beside its unit.

    >>> [duration(s).replace(NO_BREAK, " ") for s in (0, 0.84, 12.34, 48.6, 124, 3725)]
    ['0 s', '0.8 s', '12.3 s', '49 s', '2 min 4 s', '1 h 2 min']
    """
    return _duration(seconds).replace(" ", NO_BREAK)


def _duration(seconds: float) -> str:
    if seconds == 0:
        return "0 s"
    if seconds < 19.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def percent(share: float) -> str:
    """Return a share as a whole percentage, never rounding something to nothing.

    >>> percent(0.4375), percent(0.002), percent(0)
    ('44%', 'under 1%', '0%')
    """
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{share * 100:.0f}%"


def number(value: float) -> str:
    """Return a number with one decimal at the most.

    >>> number(3), number(2.0), number(0.84), number(151.6)
    ('3', '2', '0.8', '152')
    """
    if not isfinite(value):
        return "–"
    if value == int(value):
        return str(int(value))
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def day(started_at: str | None) -> str | None:
    """Return a date in words, or what was given where it is no ISO date.

    >>> day("2026-03-02T09:41:00"), day("last week"), day(None)
    ('2 March 2026, 09:41', 'last week', None)
    """
    if not started_at:
        return None
    try:
        at = datetime.fromisoformat(started_at)
    except ValueError:
        return clean(started_at)
    months = "January February March April May June July August September October November December".split()
    return f"{at.day} {months[at.month - 1]} {at.year}, {at:%H:%M}"


def sentence(text: str) -> str:
    """Return untrusted text cleaned, with a capital at its start and a full stop at its end.

    >>> sentence("the left channel greets"), sentence("Who knows?")
    ('The left channel greets.', 'Who knows?')
    """
    shown = clean(text)
    return f"{shown[:1].upper()}{shown[1:]}{'' if shown.endswith(('.', '!', '?', '…')) else '.'}" if shown else ""


def wrap(text: str, *, indent: str = "", hanging: str | None = None, width: int = WIDTH) -> list[str]:
    """Return text in lines no wider than ``width`` columns.

    Args:
        text: One paragraph.
        indent: What the first line starts with.
        hanging: What the others start with; as the first when not given.
        width: Columns.
    """
    return textwrap.wrap(
        text.replace(NO_BREAK, " "),
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )

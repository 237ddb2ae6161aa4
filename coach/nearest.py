"""Did you mean …? One place for every name that a person may have mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence part naming the nearest known name, or all of them when none is near.

    >>> did_you_mean("formatz", ["formats", "out"])
    'did you mean "formats"?'
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    return f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(names)}"

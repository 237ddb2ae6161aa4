"""Small questions about a piece of text alone, for analysers that measure time."""

from __future__ import annotations

from coach.analysis import lexicons, text


def _has(said: str, name: str, file: str = "phrases") -> bool:
    line = " ".join(text.plain(text.tokens(said)))
    return lexicons.pattern(name, file).search(line) is not None


def is_hold_announcement(said: str) -> bool:
    """Return whether words tell the other party that a silence is coming, or that one goes on.

    >>> is_hold_announcement("Let me pull that up for you.")
    True
    >>> is_hold_announcement("I'm still looking.")
    True
    >>> is_hold_announcement("Your bill went up in June.")
    False
    """
    return _has(said, "hold") or _has(said, "announcing", "holds")


def is_check(said: str) -> bool:
    """Return whether words ask if an explanation was followed; "okay?" alone does not.

    >>> is_check("Does that make sense so far?")
    True
    >>> is_check("Okay?")
    False
    """
    return _has(said, "check_of_understanding")


def reads_required_text(said: str) -> bool:
    """Return whether words are of the kind that the law wants read out word for word.

    >>> reads_required_text("I am required by law to read you the following.")
    True
    """
    return _has(said, "required")

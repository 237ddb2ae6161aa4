"""Customers from the person's own calls: what their reviews name to practise, in masked words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coach.app.naming import read_review
from coach.coaching.customers import CALLS_FOR, Customer
from coach.coaching.drills import ANY, SUFFIX
from coach.coaching.ground import MOST_WORDS, QUOTABLE
from coach.conversation import CLEAR, NoSuchRecording, RecordingError
from coach.privacy.text import mask_text
from coach.reporting.text import clean

LEAST = 5
"""Clear words of a customer that can be answered, or that say what a call was about."""

A_BREATH = 0.2
"""Seconds after a cut in which a word that had begun still comes."""


def own_customers(source: Path, *, named: bool) -> list[Customer]:
    """Return the customers of the missed moments in a review, or in all reviews of a folder, the newest first.

    Args:
        source: A review file, or a folder with some.
        named: Whether the person named it: then it has to hold a review.

    Raises:
        NoSuchRecording: It was named, and is not there or is a folder without a review.
        RecordingError: It was named, and is no review.
    """
    found: list[Customer] = []
    reviews = list(_reviews(source, named=named))
    if named and not reviews:
        raise NoSuchRecording(
            f"There is no review in {clean(mask_text(str(source)))}. `coach review CALL` makes one; "
            "leave out --from for the starter set."
        )
    for path, review in reviews:
        found += _of_review(path, review)
    return found


def _reviews(source: Path, *, named: bool) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    shown = clean(mask_text(str(source)))
    try:
        if source.is_dir():
            paths = sorted(source.glob("*.json"), key=lambda path: (-path.stat().st_mtime, path.name))
        elif source.exists():
            paths = [source]
        else:
            return
    except OSError as error:
        if named:
            raise NoSuchRecording(
                f"{shown} cannot be looked into: {error.strerror}. Name another with --from."
            ) from error
        return
    for path in paths:
        review = read_review(path)
        if review is not None:
            yield path, review
        elif path == source:
            raise RecordingError(f"{shown} is no review. Name a .json that `coach review` wrote, or their folder.")


def _of_review(path: Path, review: Mapping[str, Any]) -> Iterator[Customer]:
    """Yield the customers of one review; an entry that does not fit together is passed over."""
    try:
        moments, turns, drills = review["moments"], review["turns"], review["coaching"]["practice"]
        for entry in drills:
            customer = _customer(path, str(entry["drill"]), moments[int(entry["moment"])], turns)
            if customer is not None:
                yield customer
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        return  # edited, or by another version: what fits was taken


def _customer(path: Path, drill: str, moment: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]) -> Customer | None:
    suffix = SUFFIX.get(moment["kind"])
    if suffix is None:
        return None
    evidence = moment["evidence"]
    if moment["kind"] == "interruption":
        theirs = _until(turns[int(evidence["other_turn"])], float(moment["start"]) + A_BREATH)
        answer = str(moment["text"])
    else:
        theirs = _within(turns, float(moment["start"]), float(moment["end"]))
        agent = evidence.get("agent_turn")
        answer = _line(turns[int(agent)]["words"][:MOST_WORDS]) if isinstance(agent, int) else ""
    if len(theirs) < LEAST or _clearness(theirs) < QUOTABLE:
        return None
    topic = drill.removesuffix(f"-{suffix}")
    page = path.with_suffix(".html")
    return Customer(
        id=clean(mask_text(drill)),
        topic=topic or ANY,
        scene=_earlier(turns, theirs[0]["start"]),
        says=_line(theirs),
        calls_for=(CALLS_FOR[suffix],),
        answer=mask_text(clean(answer)),
        call=clean(mask_text(path.stem)),
        at=float(moment["start"]),
        page=str(page) if page.is_file() else "",
    )


def _earlier(turns: Sequence[Mapping[str, Any]], start: float) -> str:
    """Return the first that the customer told, as far as a quotation holds it; empty where nothing came before."""
    told = (turn["words"] for turn in turns if turn["role"] == "customer")
    for words in (words for words in told if len(words) >= LEAST and words[-1]["end"] <= start):
        if _clearness(words) >= QUOTABLE:
            return _line(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
    return ""


def _within(turns: Sequence[Mapping[str, Any]], start: float, end: float) -> list[Mapping[str, Any]]:
    words = [word for turn in turns if turn["role"] == "customer" for word in turn["words"]]
    return [word for word in words if start - 0.05 <= (word["start"] + word["end"]) / 2 < end + 0.05]


def _until(turn: Mapping[str, Any], end: float) -> list[Mapping[str, Any]]:
    return [word for word in turn["words"] if word["start"] < end]


def _clear(word: Mapping[str, Any]) -> bool:
    confidence = word.get("confidence")
    return confidence is None or confidence >= CLEAR


def _clearness(words: Sequence[Mapping[str, Any]]) -> float:
    return sum(_clear(word) for word in words) / len(words)


def _line(words: Sequence[Mapping[str, Any]]) -> str:
    said: list[str] = []
    for word in words:
        text = str(word["text"]) if _clear(word) else "…"
        if text != "…" or said[-1:] != ["…"]:
            said.append(text)
    return mask_text(clean(" ".join(said)))

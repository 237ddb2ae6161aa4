"""What sentences mean, where a model for that was pulled: how near a clause comes to the story, and what it is like.

The detectors do without. With a sentence model at hand, the one of giving back gets some more features, and weights
that were fitted with them: how near a clause comes in meaning to what the other party said, and to sentences of our
own (``models/lexicons/likenesses.toml``) that each do one thing a listener may do. No weight belongs to a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Protocol

from coach.analysis import clauses, lexicons, text
from coach.analysis.calibration import Features
from coach.analysis.view import View


class Semantic(Protocol):
    """Tells how near sentences come in meaning.

    Attributes:
        fingerprint: What its answers depend on: model and version.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def learn(self, lines: Sequence[str]) -> None:
        """Take in the lines that will be asked about, all at once, which is quicker than one by one."""
        ...

    def nearness(self, line: str, others: Sequence[str]) -> Sequence[float]:
        """Return how near a line comes to each of the others, -1 to 1."""
        ...


_ACTIVE: ContextVar[Semantic | None] = ContextVar("semantic", default=None)


def active() -> Semantic | None:
    """Return the model that judgements are made with now, ``None`` when without."""
    return _ACTIVE.get()


@contextmanager
def using(semantic: Semantic | None) -> Iterator[None]:
    """Judge with a model, or without one, as long as this lasts."""
    token = _ACTIVE.set(semantic)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def lines_of(views: Sequence[View]) -> tuple[str, ...]:
    """Return every line that judging these clauses asks about, each once, in order."""
    found: dict[str, None] = {}
    before: dict[int, None] = {}
    for view in views:
        found[view.clause.line] = None
        if id(view.before) not in before:
            before[id(view.before)] = None
            found.update(dict.fromkeys((*_told(view), view.before.line)))
    found.update(dict.fromkeys(sentence for sentences in _likenesses().values() for sentence in sentences))
    found.pop("", None)
    return tuple(found)


def features(view: View, semantic: Semantic) -> Features:
    """Return what a sentence model tells of a clause, by name."""
    return {**_near(view, semantic), **_like(view, semantic)}


_NEAR = ("nearest", "near_last", "near_mean", "near_all", "near_new", "near_asks", "near_you", "near_i", "near_squared")


def _near(view: View, semantic: Semantic) -> dict[str, float]:
    """Return how near a clause comes to what was told: to its nearest clause, to the last one, to all of it."""
    told = _told(view)
    if not told:
        return dict.fromkeys(_NEAR, 0.0)
    *each, whole = semantic.nearness(view.clause.line, (*told, view.before.line))
    nearest, form = max(each), view.form
    asks = bool(form.question_word) or form.inverted
    return {
        "nearest": nearest,
        "near_last": each[-1],
        "near_mean": sum(each) / len(each),
        "near_all": whole,
        "near_new": nearest * (1.0 - view.shared.share),
        "near_asks": nearest * asks,
        "near_you": nearest * (form.person == "you"),
        "near_i": nearest * (form.person == "i"),
        "near_squared": nearest**2,
    }


def _like(view: View, semantic: Semantic) -> dict[str, float]:
    """Return how like a clause is to sentences that do one thing: the likest of each, and their mean."""
    found: dict[str, float] = {}
    for kind, sentences in _likenesses().items():
        near = semantic.nearness(view.clause.line, sentences)
        found[f"like_{kind}"] = max(near)
        found[f"mean_{kind}"] = sum(near) / len(near)
    return found


def _told(view: View) -> tuple[str, ...]:
    """Return the clauses that came before as lines."""
    pieces = clauses.split(view.before.tokens)
    return tuple(line for piece in pieces if (line := " ".join(text.plain(piece))))


@cache
def _likenesses() -> Mapping[str, tuple[str, ...]]:
    """Return our sentences for each thing that a listener may do."""
    return {kind: tuple(sentences) for kind, sentences in lexicons.load("likenesses").items()}

"""Three small charts, as numbers that a template draws as SVG and writes down as a table beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coach.conversation import Interval, Review, Role, Timeline, intersection, total
from coach.reporting.answers import Answers, Finding
from coach.reporting.page import Place, Token, place, tokens_of
from coach.reporting.phrases import Phrases
from coach.reporting.text import NO_BREAK, clock, duration, number

MOST_COLUMNS = 20
"""Columns of a chart: on a telephone each is still wide enough to be seen."""

HEIGHT = 64
"""Units that the tallest bar rises or hangs from the line."""

_SLICES = (15, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds
_LENGTHS = (0, 2, 5, 10, 20, 40)  # seconds from which a turn belongs to the next column
_LABELS = 6
_SHORTEST = 2  # a bar that stands for something is seen
_SIDES: tuple[Role, ...] = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Bar:
    """One party's part of a column: its height in units, and its value in words."""

    role: Role
    height: float
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, in percent of the width, what stands below it, and its bars."""

    x: float
    width: float
    name: str
    tick: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of columns: the agent's bars rise from the line, the customer's hang from it."""

    key: str
    about: str
    columns: tuple[Column, ...]
    top: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing that answered: what it is called, where it is, and where that lies in percent of the width."""

    label: str
    place: Place
    x: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """Something that weighed on the customer, and what answered it."""

    place: Place
    x: float
    words: tuple[Token, ...]
    finding: Finding
    replies: tuple[Reply, ...]


def talk(review: Review, length: float, say: Phrases) -> Bars | None:
    """Return how long each party spoke in each minute, or in slices that suit the call's length.

    Args:
        review: The call.
        length: Seconds that the chart spans.
        say: The report's sentences.

    Returns:
        ``None`` where nothing tells who spoke when.
    """
    speech = _speech(review)
    if length <= 0 or not any(speech.values()):
        return None
    step = next((step for step in _SLICES if step >= 60 and length / step <= MOST_COLUMNS), _SLICES[-1])
    if length < 240:
        step = 15 if length <= 120 else 30
    edges = [float(at) for at in range(0, int(length) + 1, step) if at < length]
    slices = [Interval(at, min(at + step, length)) for at in edges]
    spoken = {role: [total(intersection(line, [part])) for part in slices] for role, line in speech.items()}
    names = [say("charts.from_to", start=clock(part.start), end=clock(part.end)) for part in slices]
    ticks = [clock(part.start) for part in slices]
    return _bars("talk", say("charts.talk.about", each=_each(step, say)), (names, ticks), spoken, _whole)


def turn_lengths(review: Review, say: Phrases) -> Bars | None:
    """Return how many of each party's turns were how long; ``None`` where turns have no times or no sides."""
    roles = [role for role, line in _speech(review).items() if line]
    timed = [turn for turn in review.conversation.turns if turn.kind == "turn" and turn.interval.duration > 0]
    if not roles or not any(turn.role in roles for turn in timed):
        return None
    counts = {role: [0.0] * len(_LENGTHS) for role in roles}
    for turn in timed:
        if turn.role in counts:
            counts[turn.role][sum(turn.interval.duration >= edge for edge in _LENGTHS) - 1] += 1
    ticks = [f"{low}–{high}" for low, high in pairwise(_LENGTHS[1:])]
    ticks = [f"< {_LENGTHS[1]}", *ticks, f"{_LENGTHS[-1]} +"]
    middle = [say("charts.from_to", start=a, end=f"{b} s") for a, b in pairwise(_LENGTHS[1:])]
    names = [say("charts.under", length=f"{_LENGTHS[1]} s"), *middle, say("charts.over", length=f"{_LENGTHS[-1]} s")]
    return _bars("turns", say("charts.turns.about"), (names, ticks), counts, number)


def weighing(review: Review, length: float, say: Phrases) -> tuple[Weighing, ...]:
    """Return what weighed on the customer, a line each, in order of time, with what answered it.

    Args:
        review: The call.
        length: Seconds that the chart spans.
        say: The report's sentences.
    """
    answers = Answers(review)
    shown = []
    for told, found in answers.distress.items():
        at = place(review, found[0].start)
        words = tuple(token for moment in found for token in tokens_of(review, moment))
        replies = tuple(
            Reply(label, place(review, start), _percent(start, length)) for label, start in _replies(answers, told, say)
        )
        shown.append(Weighing(at, _percent(at.at, length), words, answers.finding(told), replies))
    return tuple(sorted(shown, key=lambda row: row.place.at))


def _replies(answers: Answers, told: int, say: Phrases) -> list[tuple[str, float]]:
    """Return what answered and when; where there was room for an answer, the turn that it would have stood in."""
    finding, after = answers.finding(told), answers.turns_after(told)
    if finding == "given":
        return [(say.moment(moment), moment.start) for moment in answers.given(told)]
    if finding == "room" and after:
        return [(label, after[0].start) for label in dict.fromkeys(say.moment(m) for m in answers.room(told))]
    return []


def _speech(review: Review) -> dict[Role, Timeline]:
    """Return each party's bridged speech; nobody's where the sides are not known."""
    parties = ((role, review.conversation.party(role)) for role in _SIDES)
    return {role: party.stretches for role, party in parties if party is not None}


def _bars(
    key: str,
    about: str,
    labels: tuple[Sequence[str], Sequence[str]],
    values: dict[Role, list[float]],
    shape: Callable[[float], str],
) -> Bars:
    names, ticks = labels
    top = max((value for line in values.values() for value in line), default=0.0) or 1.0
    width = 100 / len(names)
    every = -(-len(names) // _LABELS)
    columns = []
    for i, name in enumerate(names):
        bars = tuple(Bar(role, _height(line[i], top), shape(line[i])) for role, line in values.items())
        tick = ticks[i] if i % every == 0 else ""
        columns.append(Column(round(i * width, 3), round(width, 3), name, tick, bars))
    return Bars(key, about, tuple(columns), shape(top))


def _whole(seconds: float) -> str:
    """Return seconds without a fraction: a column's bar is no finer. What was spoken at all is a second at least."""
    return duration(seconds) if seconds == 0 or seconds >= 60 else f"{max(1, round(seconds))}{NO_BREAK}s"


def _height(value: float, top: float) -> float:
    return round(max(_SHORTEST, HEIGHT * value / top), 1) if value > 0 else 0.0


def _each(step: int, say: Phrases) -> str:
    return say("charts.seconds", n=step) if step < 60 else say.count("charts.minutes", step // 60)


def _percent(at: float, length: float) -> float:
    return round(min(100.0, max(0.0, 100 * at / length)), 3) if length > 0 else 0.0

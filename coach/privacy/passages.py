"""The stretches of a call in which a card is read out, as far as sound goes.

Words are masked one by one, and a digit that was recognised as another word stays in them, unreadable. In the sound
it can still be heard. So the sound is silent from some seconds before a card's first piece to some seconds after its
last, whatever was recognised between them, as where a call centre pauses its recorder for a payment. Ordinary talk
ends such a passage early.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.conversation import Interval, Timeline, Transcript, bridge
from coach.privacy.chains import Lane, hear
from coach.privacy.cues import NAMES_ANOTHER
from coach.privacy.numbers import PLURALS, SOUND_ALIKES, TEENS, TENS, TIMES, UNITS

PAYMENT = frozenset({"card", "cvv", "expiry"})
"""Types that are read out together when somebody pays."""

TOGETHER = 25.0
"""Longest time between two pieces of one payment, in seconds: a question, a hesitation, an answer."""

BEFORE = 20.0
"""Seconds before the first piece that was recognised, in which there may have been one that was not; where the card was
named before, the passage begins there."""

AFTER = 12.0
"""Seconds after the last piece in which expiry and code follow, recognised or not."""

ORDINARY = 12
"""Words in one segment from which it is ordinary talk, where hardly any is a number and no payment is named."""

HARDLY = 0.1
"""Share of number words up to which talk is ordinary."""

MOSTLY = 0.6
"""Share of number words from which a segment is taken for a number being read out."""

UNNAMED = 7
"""Digits of a number being read out that nothing announced, from which it may be a card's."""

ANNOUNCED = 6
"""Digits of it after a card's cue."""

MOST_NAMED = 12
"""Digits of an account, invoice or telephone number; where more are read out in one go, another number follows it."""

NEAR = 8.0
"""Longest pause between two segments of a number being read out, in seconds."""

CUE_HOLDS = 40.0
"""Seconds for which a card's cue, or one that names another number, holds for what is read out after it."""

_SAID = UNITS.keys() | TEENS.keys() | TENS.keys() | PLURALS.keys() | TIMES.keys()
_HALF = SOUND_ALIKES.keys()


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One segment: when, by which lane, and how many words and digits it has.

    ``numbers`` counts the words that are or may be digits, ``sure`` those that are; ``cued`` says whether a payment
    is named in it.
    """

    interval: Interval
    lane: int
    words: int
    digits: int
    numbers: int
    sure: int
    cued: bool

    @property
    def ordinary(self) -> bool:
        return self.words >= ORDINARY and self.sure <= HARDLY * self.words and not self.cued

    @property
    def reads(self) -> bool:
        return self.numbers >= 2 and self.numbers >= MOSTLY * self.words


def passages(transcript: Transcript, pieces: Iterable[Interval]) -> Timeline:
    """Return when a payment is read out, in seconds, both parties together.

    Args:
        transcript: Both parties' words, already masked.
        pieces: When pieces of a card, its code or expiry were masked.
    """
    said, lanes = _spoken(transcript)
    cores = bridge([*pieces, *_read_out(said, lanes)], TOGETHER)
    walls = [spoken.interval for spoken in said if spoken.ordinary]
    asked = sorted(cue.end for lane in lanes for cue in lane.cues if cue.kind == "card")
    return bridge([_extended(core, walls, asked) for core in cores], 0.0)


def _extended(core: Interval, walls: Sequence[Interval], asked: Sequence[float]) -> Interval:
    """Return a passage with its margins, from when the card was asked for; neither reaches over ordinary talk."""
    named = [at for at in asked if core.start - CUE_HOLDS <= at < core.start]
    first = min(named, default=core.start - BEFORE)
    start = max([first, *(wall.end for wall in walls if wall.end <= core.start)])
    end = min([core.end + AFTER, *(wall.start for wall in walls if wall.start >= core.end)])
    return Interval(max(start, 0.0), end)


def _spoken(transcript: Transcript) -> tuple[list[_Spoken], Sequence[Lane]]:
    speakers = list(dict.fromkeys(segment.speaker for segment in transcript.segments))
    lanes = hear(*([(w.text, w.start, w.end) for w in transcript.of(speaker)] for speaker in speakers))
    cues = [sorted(cue.start for cue in lane.cues if cue.kind in PAYMENT) for lane in lanes]
    said = []
    for segment in transcript.segments:
        if not segment.words:
            continue
        lane = speakers.index(segment.speaker)
        start, end = segment.words[0].start, segment.words[-1].end
        at = bisect_left(cues[lane], start)
        cued = at < len(cues[lane]) and cues[lane][at] < end
        texts = [part for word in segment.words for part in word.text.casefold().replace("-", " ").split()]
        sizes = [_digits(text.strip(".,?!;:")) for text in texts]
        masked = any(word.masked for word in segment.words)
        count = sum(1 for size in sizes if size)
        sure = sum(1 for size in sizes if size >= 1)
        said.append(_Spoken(segment.interval, lane, len(texts), int(sum(sizes)), count, sure, cued or masked))
    return said, lanes


def _digits(text: str) -> float:
    """Return about how many digits a word stands for."""
    if text.isdigit():
        return len(text)
    if text in TEENS or text in _SAID:
        return 2 if text in TEENS else 1
    return 0.5 if text in _HALF else 0


def _read_out(said: Sequence[_Spoken], lanes: Sequence[Lane]) -> Iterable[Interval]:
    """Yield numbers that a party reads out digit by digit and that nothing names, long enough to be a card's."""
    cues = sorted((cue.end, cue.kind) for lane in lanes for cue in lane.cues)
    runs = sorted(
        (run for lane in range(len(lanes)) for run in _runs([s for s in said if s.lane == lane and s.reads])),
        key=lambda run: run[0].interval,
    )
    used = -1
    for run in runs:
        k = bisect_left(cues, (run[0].interval.start + 0.5, "")) - 1
        kind = cues[k][1] if k >= 0 and run[0].interval.start - cues[k][0] <= CUE_HOLDS else ""
        named = kind in NAMES_ANOTHER or kind == "phone"
        size = sum(spoken.digits for spoken in run)
        if named and k > used and size <= MOST_NAMED:  # a cue names the first number after it, and not the next
            used = k
            continue
        if size >= (ANNOUNCED if kind.rstrip("?") in PAYMENT else UNNAMED):
            yield Interval(run[0].interval.start, max(spoken.interval.end for spoken in run))


def _runs(read: Sequence[_Spoken]) -> Iterable[list[_Spoken]]:
    run: list[_Spoken] = []
    for spoken in read:
        if run and spoken.interval.start - run[-1].interval.end > NEAR:
            yield run
            run = []
        run.append(spoken)
    if run:
        yield run

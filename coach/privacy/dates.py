"""Dates that are private: of birth, and when a card expires. Every other date stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from coach.privacy.chains import Lane
from coach.privacy.context import MEASURED, MONTHS
from coach.privacy.cues import Cue
from coach.privacy.hits import Heard, Hit
from coach.privacy.numbers import SOUND_ALIKES, TENS, Atom, small_number

BORN_WITHIN = 25.0
"""Seconds after "date of birth" in which a date is one, unless something else is named."""

BARE_WITHIN = 10.0
"""Seconds after which numbers without a month are no longer a date of birth."""

EXPIRES_WITHIN = 20.0
"""Seconds after "expiration" in which a date is one."""

CARD_WITHIN = 90.0
"""Seconds around talk of a card in which "expires" is taken to be the card's."""

_ORDINALS = frozenset(
    (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
    ).split()
)
_GLUE = frozenset("hundred of the in and slash dash hyphen stroke comma uh um er".split())
_WRITTEN = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}/\d{2,4}")
_TURNED = re.compile(r"\d{1,4}(?:st|nd|rd|th)?")
_CARDS = ("card", "card?", "cvv", "tail")


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that may be a date: first and last atom, whether a month is named, and the numbers in it."""

    first: int
    last: int
    month: bool
    ordinal: bool
    written: bool
    numbers: tuple[str, ...]

    @property
    def date(self) -> bool:
        """Whether it is a date by its form."""
        return self.written or (self.month and bool(self.numbers or self.ordinal)) or len(self.numbers) > 1

    @property
    def month_and_year(self) -> bool:
        """Whether it is a month and a year as cards have them."""
        if self.ordinal:
            return False
        digits = [int(n) for n in self.numbers]
        if self.month and not self.written:
            return _year(digits)
        if len(digits) == 1:
            return 3 <= len(self.numbers[0]) <= 6 and _year([int(self.numbers[0][-2:])])
        return len(digits) in (2, 3) and 1 <= digits[0] <= 12 and _year(digits[1:])


def _year(digits: Sequence[int]) -> bool:
    year = digits[-1] % 100 if digits and (digits[0] in (20, *range(2020, 2060)) or len(digits) == 1) else -1
    return 20 <= year <= 59 and len(digits) <= 2


def find_dates(heard: Heard, kinds: Collection[str]) -> Iterator[Hit]:
    """Yield dates of birth and expiry dates.

    Args:
        heard: Both parties.
        kinds: Types to find; ``birth`` and ``expiry`` matter here.
    """
    for lane in heard.lanes:
        found: dict[str, float] = {}
        for run in _runs(lane.atoms):
            cue = heard.nearest(lane.index, run.first, BORN_WITHIN) or _named_after(lane, run)
            kind = _kind(heard, lane, run, cue)
            start = lane.atoms[run.first].start
            if kind is None and cue is not None and cue.kind == "birth" and start - found.get("birth", -99.0) < 6:
                kind = "birth"  # "october … uh huh … first … sixty eight"
            if kind is not None and kind in kinds:
                found[kind] = lane.atoms[run.last].end
                yield Hit(kind, lane.index, tuple(range(run.first, _end(heard, lane, run) + 1)))


def _end(heard: Heard, lane: Lane, run: _Run) -> int:
    """Return the last atom of a date; "nineteen fifty won" ends with a digit where the answer ends."""
    after = run.last + 1
    alike = after < len(lane.atoms) and lane.atoms[after].text in SOUND_ALIKES
    return (
        after
        if alike and heard.ends_answer(lane.index, after) and not heard.ends_answer(lane.index, run.last)
        else run.last
    )


def _kind(heard: Heard, lane: Lane, run: _Run, cue: Cue | None) -> str | None:
    if cue is None:
        return None
    start = lane.atoms[run.first].start
    if cue.kind == "birth":
        if not (run.month or run.written) and start - cue.end > BARE_WITHIN:
            return None
        lone = len(run.numbers) == 1 and len(run.numbers[0]) == 4
        return "birth" if run.date or lone else None
    if cue.kind == "expiry" and run.date and start - cue.end <= EXPIRES_WITHIN:
        return "expiry"
    if cue.kind == "expiry?" and run.month_and_year and start - cue.end <= EXPIRES_WITHIN:
        sure = run.written or not run.month or len(run.numbers[-1]) == 4 or len(run.numbers) == 2
        return "expiry" if sure or heard.near(_CARDS, cue.end - CARD_WITHIN, cue.end + 10) else None
    if cue.kind == "cvv" and run.written and run.month_and_year:
        return "expiry"
    return None


def _named_after(lane: Lane, run: _Run) -> Cue | None:
    """Return the cue that follows a date at once: "june third fifty one is my birthday"."""
    k = bisect_right(lane.cues, run.last, key=lambda cue: cue.first)
    if not run.date or k == len(lane.cues) or lane.cues[k].first > run.last + 4 or lane.cues[k].kind != "birth":
        return None
    between = {lane.atoms[j].text for j in range(run.last + 1, lane.cues[k].first)}
    return lane.cues[k] if between & {"is", "that's", "was", "being"} else None


def _runs(at: Sequence[Atom]) -> Iterator[_Run]:
    k = 0
    while k < len(at):
        run = _run(at, k)
        if run is None:
            k += 1
            continue
        if run.last + 1 == len(at) or at[run.last + 1].text not in MEASURED or run.month:
            yield run
        k = run.last + 1


def _run(at: Sequence[Atom], first: int) -> _Run | None:
    """Return the longest run of date words from an atom on, ``None`` when none begins there."""
    k, last = first, first - 1
    month = ordinal = written = False
    numbers: list[str] = []
    while k < len(at) and (k == first or at[k].start - at[k - 1].end < 2.0):
        text = at[k].text
        step = 1
        if written and text not in _GLUE:
            break
        if text in MONTHS:
            month = True
        elif text in _ORDINALS or (text in TENS and k + 1 < len(at) and at[k + 1].text in _ORDINALS):
            ordinal, step = True, 1 + (text in TENS)
        elif _WRITTEN.fullmatch(text):
            written = True
            numbers += re.findall(r"\d+", text)
        elif _TURNED.fullmatch(text):
            ordinal = ordinal or not text.isdigit()
            numbers.append(re.sub(r"\D", "", text))
        elif (small := small_number(at, k)) is not None:
            numbers.append(small[0])
            step = small[1] - k
        elif (
            text in SOUND_ALIKES
            and k + 1 < len(at)
            and (at[k + 1].text == "slash" or (last >= first and _counts(at, k)))
        ):
            numbers.append(SOUND_ALIKES[text])
        elif not (text in _GLUE and last >= first):
            break
        else:
            k += 1
            continue
        k += step
        last = k - 1
    numbers = _years(numbers)
    return _Run(first, last, month, ordinal, written, tuple(numbers)) if last >= first else None


def _counts(at: Sequence[Atom], k: int) -> bool:
    """Whether the word after an atom is a number, so that "too" before it is one."""
    return at[k + 1].text in _ORDINALS or small_number(at, k + 1) is not None


def _years(numbers: Sequence[str]) -> list[str]:
    """Return numbers with "twenty", "twenty eight" and "oh", "seven" brought together."""
    joined: list[str] = []
    for number in numbers:
        before = joined[-1] if joined else ""
        if (before in ("19", "20") and len(number) == 2) or (before == "0" and len(number) == 1):
            joined[-1] += number
        else:
            joined.append(number)
    return joined

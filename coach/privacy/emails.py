"""E-mail addresses, said ("j dot smith at gmail dot com"), spelled, or written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.privacy.cues import Cue
from coach.privacy.hits import Heard, Hit
from coach.privacy.numbers import Atom, small_number

CUED = 45.0
"""Seconds after "e-mail" in which what looks like an address is one."""

LOCAL = 16
"""Most words before the "at"."""

PAUSE = 6.0
"""Longest pause inside an address, in seconds."""

_WRITTEN = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|[^\s@]+@[a-z0-9-]+")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_TOP = frozenset("com net org edu gov co uk us io me info biz mil ca dotcom".split())
_PROVIDERS = frozenset(
    (
        "gmail yahoo hotmail outlook aol icloud comcast verizon att msn sbcglobal bellsouth protonmail earthlink "
        "btinternet googlemail ymail"
    ).split()
)
_MARKS = frozenset("dot period point underscore underline dash hyphen plus number".split())
_STOPS = frozenset(
    (
        "is it's its that's to email e mail address so yes yeah yep okay ok sure my your at use send be would and "
        "um uh er was that it i have you if you're i've got a capital lowercase case lower online website site page "
        "web visit us me him her well right correct try or"
    ).split()
)
_SITE = frozenset(
    "website site online web visit www pay us log go page portal sign look available find me information".split()
)


def find_emails(heard: Heard) -> Iterator[Hit]:
    """Yield e-mail addresses.

    Args:
        heard: Both parties.
    """
    for lane in heard.lanes:
        at = lane.atoms
        for k in range(len(at)):
            if "@" in at[k].text and _WRITTEN.search(at[k].text):
                yield Hit("email", lane.index, _whole_word(at, k))
            elif at[k].text in ("at", "@"):
                end = _domain(at, k + 1)
                if end is not None and (first := _local(heard, lane.index, k, end)) is not None:
                    yield Hit("email", lane.index, tuple(range(first, end + 1)))
    yield from _spelled(heard)


def _whole_word(at: Sequence[Atom], k: int) -> tuple[int, ...]:
    """Return every atom of the word that holds an atom: hyphens part a word's atoms."""
    first = last = k
    while first > 0 and at[first - 1].word == at[k].word:
        first -= 1
    while last + 1 < len(at) and at[last + 1].word == at[k].word:
        last += 1
    return tuple(range(first, last + 1))


def _domain(at: Sequence[Atom], k: int) -> int | None:
    """Return the last atom of "gmail dot com" or "gmail.com" that begins at an atom."""
    if k < len(at) and at[k].text in ("sign", "symbol"):
        k += 1
    for j in range(k, min(k + 5, len(at))):
        if j > k and at[j].start - at[j - 1].end > PAUSE:
            return None
        if _HOST.fullmatch(at[j].text) and j - k <= 1:
            return j
        if at[j].text in ("dot", "period", "point") and j > k and j + 1 < len(at) and at[j + 1].text in _TOP:
            end = j + 1
            while end + 2 < len(at) and at[end + 1].text == "dot" and at[end + 2].text in _TOP:
                end += 2
            return end
    if k < len(at) and at[k].text in _PROVIDERS:
        return k + 1 if k + 1 < len(at) and at[k + 1].text in _TOP - {"me", "us", "info"} else k
    return None


def _local(heard: Heard, speaker: int, sign: int, end: int) -> int | None:
    """Return the first atom of what stands before the "at", ``None`` when this is no e-mail address."""
    at = heard.lanes[speaker].atoms
    named = _cue_before(heard, speaker, sign)
    first = sign
    while first > max(sign - LOCAL, 0):
        before = at[first - 1]
        if at[first].start - before.end > PAUSE or _ends(at, first - 1, sign):
            break
        first -= 1
    if first == sign:
        return None
    own = [cue.last for cue in heard.lanes[speaker].cues if cue.kind == "email" and first <= cue.last < sign]
    first = max([first, *(last + 1 for last in own)])
    local = [at[k].text for k in range(first, sign)]
    whole = any(at[k].text in _TOP or "." in at[k].text for k in range(sign + 1, end + 1))
    provider = whole and any(at[k].text.split(".")[0] in _PROVIDERS for k in range(sign + 1, end + 1))
    marked = any(word in _MARKS or len(word) == 1 or word.isdigit() for word in local)
    lead_in = {at[k].text for k in range(max(first - 3, 0), sign)}
    if named is None and not provider and (not marked or lead_in & _SITE):
        return None
    return first if first < sign else None


def _ends(at: Sequence[Atom], k: int, sign: int) -> bool:
    """Whether an atom is no part of the name before an "at"."""
    text = at[k].text
    if text in ("a", "i", "and", "e", "me", "us", "u", "m") and _letters_beside(at, k):
        return False
    if text in _STOPS:
        return True
    return at[k].stop and k < sign - 1 and len(text) > 1 and text not in _MARKS


def _letters_beside(at: Sequence[Atom], k: int) -> bool:
    beside = [at[j].text for j in (k - 1, k + 1) if 0 <= j < len(at)]
    return len(at[k].text) == 1 and any(len(text) == 1 or text in _MARKS for text in beside)


def _cue_before(heard: Heard, speaker: int, k: int) -> Cue | None:
    start = heard.lanes[speaker].atoms[k].start
    for end, _, cue in heard.before(speaker, k):
        if cue.kind == "email" and start - end <= CUED:
            return cue
    return None


def _spelled(heard: Heard) -> Iterator[Hit]:
    """Yield four letters and more that are spelled after "e-mail"."""
    for lane in heard.lanes:
        at, k = lane.atoms, 0
        while k < len(at):
            end = k
            while end < len(at) and (_letter(at[end].text) or (end > k and _within(at, end))):
                end += 1
            letters = sum(_letter(at[j].text) for j in range(k, end))
            different = {at[j].text for j in range(k, end) if _letter(at[j].text)}
            if letters >= 4 and len(different) >= 3 and _cue_before(heard, lane.index, k) is not None:
                while not (_letter(at[end - 1].text) or small_number(at, end - 1)):
                    end -= 1
                yield Hit("email", lane.index, tuple(range(k, end)))
            k = max(end, k + 1)


def _letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha()


def _within(at: Sequence[Atom], k: int) -> bool:
    """Whether a word goes on with spelling: "dot", a digit, "as in sam"."""
    text = at[k].text
    if text in _MARKS or small_number(at, k) is not None or text.isdigit() or text in ("double", "for", "like"):
        return True
    if text == "as" or (text == "in" and at[k - 1].text == "as"):
        return True
    return at[k - 1].text in ("in", "for", "like") and text not in _STOPS

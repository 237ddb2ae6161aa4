"""Passwords and security answers in words: "the password is b l u e bird seven"."""

from __future__ import annotations

from collections.abc import Iterator

from coach.privacy.hits import SMALL, Heard, Hit
from coach.privacy.numbers import UNITS

WITHIN = 15.0
"""Longest wait for an answer, in seconds."""

LONGEST = 10
"""Most words of a password; letters count."""

WORDS = 4
"""Most words of a password that are longer than a letter."""

_CUES = frozenset("password passphrase passcode passwords maiden security secret verbal safe code pass".split())
_PHRASES = (
    ("password",),
    ("pass", "word"),
    ("passphrase",),
    ("pass", "phrase"),
    ("maiden", "name"),
    ("security", "word"),
    ("secret", "word"),
    ("code", "word"),
    ("safe", "word"),
    ("security", "answer"),
    ("secret", "answer"),
    ("security", "question"),
    ("answer", "to", "the", "security", "question"),
)
_LINKS = frozenset(
    "is it's its was that's would be should as to um uh er say said i think believe maybe probably".split()
)
_ABOUT = frozenset(
    (
        "reset change changed changing forgot forgotten forget new create update updated page link wrong expired "
        "expire recover recovery requirements protected locked email website online login log screen"
    ).split()
)
_ASKS = frozenset(
    "what what's whats can could may need verify confirm give tell please have is your which provide for got".split()
)
_REPLIES = frozenset("fine cool nice sounds good done never nothing none".split())
_LEADS = _LINKS | frozenset("yeah yes sure okay ok so oh well the it my a hmm hm mm let's see try".split())


def find_passwords(heard: Heard) -> Iterator[Hit]:
    """Yield passwords that are said after their cue, by the same party or as the other's answer.

    Args:
        heard: Both parties.
    """
    for lane in heard.lanes:
        at = lane.atoms
        for k in range(len(at)):
            if at[k].text.removesuffix("'s") not in _CUES:
                continue
            size = next(
                (len(p) for p in _PHRASES if tuple(a.text.removesuffix("'s") for a in at[k : k + len(p)]) == p), 0
            )
            if not size:
                continue
            last = k + size - 1
            around = {at[j].text for j in range(max(k - 6, 0), min(last + 6, len(at)))}
            if around & _ABOUT:
                continue
            own = _own(heard, lane.index, last)
            if own:
                yield Hit("password", lane.index, own)
                continue
            if around & _ASKS or heard.ends_answer(lane.index, last):
                yield from _answers(heard, lane.index, at[last].end)


def _own(heard: Heard, speaker: int, cue: int) -> tuple[int, ...]:
    """Return what the same party says after "password is", or after "try the password"."""
    at = heard.lanes[speaker].atoms
    k, linked = cue + 1, at[cue].text.endswith("'s")
    while (
        k < len(at)
        and at[k].text in _LINKS | {"on", "the", "account", "my", "for"}
        and not heard.ends_answer(speaker, k - 1)
    ):
        linked = linked or at[k].text in ("is", "it's", "its", "was", "that's", "be")
        k += 1
    tried = cue >= 2 and at[cue - 2].text == "try"
    if heard.ends_answer(speaker, cue) or not (linked or at[cue].stop or tried) or k == len(at):
        return ()
    return _words(heard, speaker, k)


def _answers(heard: Heard, asker: int, asked: float) -> Iterator[Hit]:
    """Yield the answer to a question, and its read-back's words where the asker says them again."""
    speaker = 1 - asker
    first = heard.answer(asker, asked, WITHIN)
    if first is None:
        return
    at = heard.lanes[speaker].atoms
    k = first
    while k < len(at) and at[k].text in _LEADS and not heard.ends_answer(speaker, k):
        k += 1
    found = _words(heard, speaker, k)
    if found:
        yield Hit("password", speaker, found)
        yield from _again(heard, asker, [at[j].text for j in found], at[found[-1]].end)


def _words(heard: Heard, speaker: int, k: int) -> tuple[int, ...]:
    at = heard.lanes[speaker].atoms
    found: list[int] = []
    words = 0
    while k < len(at) and len(found) < LONGEST:
        text = at[k].text
        words += len(text) > 1
        letter = len(text) == 1 and (text not in "ai" or _beside_a_letter(heard, speaker, k))
        if ((text in SMALL - UNITS.keys() or text in _REPLIES) and not letter) or text.startswith("[") or words > WORDS:
            break
        found.append(k)
        if heard.ends_answer(speaker, k) or (at[k].stop and not letter):
            break
        k += 1
    return tuple(found)


def _beside_a_letter(heard: Heard, speaker: int, k: int) -> bool:
    at = heard.lanes[speaker].atoms
    return any(len(at[j].text) == 1 for j in (k - 1, k + 1) if 0 <= j < len(at))


def _again(heard: Heard, speaker: int, said: list[str], since: float) -> Iterator[Hit]:
    """Yield the same words said again by the other party at once."""
    first = heard.answer(1 - speaker, since, WITHIN)
    at = heard.lanes[speaker].atoms
    if first is None:
        return
    for k in range(first, min(first + 6, len(at))):
        if [atom.text for atom in at[k : k + len(said)]] == said:
            yield Hit("password", speaker, tuple(range(k, k + len(said))))
            return

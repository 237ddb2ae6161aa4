"""People's names, where somebody asks for them to be masked: as they give them, and wherever they are said again."""

from __future__ import annotations

from collections.abc import Iterator

from coach.privacy.hits import SMALL, Heard, Hit

_TITLES = frozenset("mr mr. mrs mrs. ms ms. miss mister missus doctor dr".split())
_SURE = (("my", "name", "is"), ("my", "name's"), ("name", "is"), ("name's",), ("first", "name"), ("last", "name"))
_LIKELY = (
    ("this", "is"),
    ("i'm",),
    ("i", "am"),
    ("speaking", "with"),
    ("hi",),
    ("hello",),
    ("thanks",),
    ("thank", "you"),
)
_ASKED = (("your", "name"), ("speaking", "with"), ("first", "and", "last", "name"), ("the", "name"), ("spell", "that"))
_ALSO_WORDS = frozenset(
    "bill mark grant will may april june rose hope grace joy faith sue pat rob art ray gene frank dean drew chase "
    "hunter rich sunny price power green brown black white young long short day".split()
)
_CALL = frozenset(
    "calling from here speaking billing department customer service support electric power company utility how may "
    "going looking wondering afraid happy glad having trying paying upset confused frustrated ridiculous terrible bad "
    "crazy not about regarding on the my so".split()
)
WITHIN = 8.0
"""Longest wait for the answer to "what is your name", in seconds."""


def find_names(heard: Heard) -> Iterator[Hit]:
    """Yield names. Whoever is named once is masked wherever that name is said.

    Args:
        heard: Both parties.
    """
    names: set[str] = set()
    placed: dict[int, set[int]] = {lane.index: set() for lane in heard.lanes}
    for lane in heard.lanes:
        at = lane.atoms
        for k in range(len(at)):
            for speaker, run in _given(heard, lane.index, k):
                placed[speaker] |= set(run)
                names |= {heard.lanes[speaker].atoms[j].text.removesuffix("'s") for j in run}
    usual = {name for name in names if len(name) > 2 and name not in _ALSO_WORDS and name not in SMALL}
    for lane in heard.lanes:
        again = {k for k, atom in enumerate(lane.atoms) if atom.text.removesuffix("'s") in usual}
        for k in sorted(placed[lane.index] | again):
            yield Hit("name", lane.index, (k,))


def _given(heard: Heard, speaker: int, k: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    at = heard.lanes[speaker].atoms
    if at[k].text in _TITLES:
        yield speaker, _run(heard, speaker, k + 1, most=2)
    for lead in (*_SURE, *_LIKELY):
        if tuple(atom.text for atom in at[k : k + len(lead)]) == lead:
            sure = lead in _SURE
            first = k + len(lead)
            if first < len(at) and at[first].text in ("is", "it's"):
                first += 1
            run = _run(heard, speaker, first, most=3)
            if run and (sure or all(heard.lanes[speaker].capital(j) for j in run)):
                yield speaker, run
            break
    for asked in _ASKED:
        if tuple(atom.text for atom in at[k : k + len(asked)]) == asked:
            answer = heard.answer(speaker, at[k + len(asked) - 1].end, WITHIN)
            if answer is not None:
                yield 1 - speaker, _answered(heard, 1 - speaker, answer)


def _answered(heard: Heard, speaker: int, first: int) -> tuple[int, ...]:
    at = heard.lanes[speaker].atoms
    k = first
    while k < len(at) and at[k].text in SMALL | {"name"} and k - first < 6 and not heard.ends_answer(speaker, k):
        k += 1
    return _run(heard, speaker, k, most=3)


def _run(heard: Heard, speaker: int, k: int, *, most: int) -> tuple[int, ...]:
    at = heard.lanes[speaker].atoms
    run: list[int] = []
    while k < len(at) and len(run) < most:
        text = at[k].text.removesuffix("'s")
        if text in SMALL or text in _CALL or not text.replace("'", "").isalpha() or len(text) < 2:
            break
        run.append(k)
        if at[k].stop or heard.ends_answer(speaker, k):
            break
        k += 1
    return tuple(run)

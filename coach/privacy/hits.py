"""What the finders share: where something private was said, and who had named what before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coach.privacy.chains import Lane
from coach.privacy.cues import Cue

TURN = 1.5
"""Longest pause inside one answer, in seconds."""

SMALL = frozenset(
    (
        "a an the and or but so if then than because while when where what what's which who how why is are was were be "
        "been am it it's its that that's this these those there there's here i i'm i've i'd i'll you you're you've "
        "you'll your yours he he's she she's we we're we've they they're them their his her my our us me to of in on "
        "at for from with by as not no nope yes yeah yep okay ok right sure please thanks thank sorry well just also "
        "do does did don't didn't doesn't have has had haven't can can't could will would should may might let let's "
        "know need want like get got go going went come came said say says think believe remember one moment hold "
        "hang wait correct perfect great good alright all any some more still even now today tomorrow yesterday about "
        "again too very really only up out off over into down back uh um er hmm mhm mm huh ma'am sir actually anyway"
    ).split()
)
"""Words too common to be part of a name, a street or a password."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something private: its type and the words that hold it.

    Attributes:
        kind: One of ``KINDS``.
        lane: Index of the speaker's lane.
        atoms: Indices of its atoms there.
    """

    kind: str
    lane: int
    atoms: tuple[int, ...]


class Heard:
    """Both parties' words with their cues in order of time.

    Args:
        lanes: The parties.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        self._by_kind: dict[str, list[tuple[float, int, Cue]]] = {}
        self._starts = [[atom.start for atom in lane.atoms] for lane in lanes]
        for lane in lanes:
            for cue in lane.cues:
                self._by_kind.setdefault(cue.kind, []).append((cue.end, lane.index, cue))
        for cues in self._by_kind.values():
            cues.sort(key=lambda entry: (entry[0], entry[1], entry[2].first))

    def before(self, speaker: int, first: int) -> list[tuple[float, int, Cue]]:
        """Return the last cue of each kind before an atom, the nearest first: end, speaker, cue."""
        start = self.lanes[speaker].atoms[first].start
        found = []
        for cues in self._by_kind.values():
            # The parties talk over each other and times are rough: half a second of grace, except that a
            # party's own words are in order whatever their times say.
            k = bisect_right(cues, start + 0.5, key=lambda entry: entry[0])
            while k and cues[k - 1][1] == speaker and cues[k - 1][2].first > first:
                k -= 1
            if k:
                found.append(cues[k - 1])
        return sorted(found, key=lambda entry: -entry[0])

    def nearest(self, speaker: int, first: int, within: float) -> Cue | None:
        """Return the last cue of any kind before an atom, ``None`` when it is longer ago than that, in seconds."""
        found = self.before(speaker, first)
        if not found or self.lanes[speaker].atoms[first].start - found[0][0] > within:
            return None
        return found[0][2]

    def near(self, kinds: Collection[str], start: float, end: float) -> bool:
        """Whether a cue of these kinds ended between two times."""
        for kind in kinds:
            cues = self._by_kind.get(kind, [])
            k = bisect_right(cues, end, key=lambda entry: entry[0])
            if k and cues[k - 1][0] >= start:
                return True
        return False

    def cues(self, kind: str) -> list[tuple[float, int, Cue]]:
        """Return every cue of a kind: end, speaker, cue."""
        return self._by_kind.get(kind, [])

    def ends_answer(self, speaker: int, atom: int) -> bool:
        """Whether an answer ends after an atom: by a long pause, or because another party speaks next."""
        lane = self.lanes[speaker].atoms
        if atom + 1 >= len(lane):
            return True
        ended, begun = lane[atom].end, lane[atom + 1].start
        if begun - ended > TURN:
            return True
        return any(
            bisect_right(starts, begun) > bisect_right(starts, lane[atom].start)
            for other, starts in enumerate(self._starts)
            if other != speaker
        )

    def answer(self, speaker: int, since: float, within: float) -> int | None:
        """Return the first atom that another party says after a time, ``None`` when it takes longer.

        Args:
            speaker: Who asked.
            since: When the question's cue ended, in seconds.
            within: Longest wait, in seconds.
        """
        lane = 1 - speaker if len(self.lanes) == 2 else None
        if lane is None:
            return None
        k = bisect_right(self._starts[lane], since - 0.05)
        return k if k < len(self._starts[lane]) and self._starts[lane][k] - since <= within else None

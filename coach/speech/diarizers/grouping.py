"""Whose each piece is: the voices of a call, told from each other within this one call.

Two things say how good a parting is: how unlike its voices are, and whether speakers that were heard one beside the
other within ten seconds come out as two. The second needs no threshold, and one voice parted in two never has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.filterbank import Float32
from coach.speech.diarizers.networks import unit
from coach.speech.diarizers.pieces import Heard

HARDLY_HEARD = 0.06
"""Share of the speech under which a third voice is none: noise, a laugh, one party on another line."""

Labels = NDArray[np.intp]
Float = NDArray[np.float64]

_LONG_ENOUGH = 0.5  # seconds from which a piece helps to find the voices
_MOST = 1500  # pieces that they are found among; the distances of all pairs are held
_ROUNDS = 50
_DIRECTIONS = 3
_BRANCHES = (2, 3, 4, 5, 6)
_BESIDE = 0.3  # seconds that each of two speakers in a window must have
_AT_MOST = 2.0  # seconds that such a pair counts
_BELIEVED = 2.0  # seconds of pairs parted and not parted that are taken for granted
_LOST = 0.1  # of the speech, under which a voice must have been heard beside the other
_HEARD_BESIDE = 0.8  # seconds of pairs that must speak for it then
_SAME_SPEAKER = 0.25  # weight of what else the same speaker says in the window, beside the piece itself
_SHORT = 1.5  # seconds from which a piece speaks for itself in full


@dataclass(frozen=True, slots=True, eq=False)
class Parting:
    """A call parted into voices.

    Attributes:
        labels: Whose each piece is: shape ``(n,)``.
        voices: How each sounds: shape ``(count, d)``, of length 1.
        spread: How far the pieces lie from their voice, the mean of 1 - cosine.
        shares: Of the speech, by voice: shape ``(count,)``.
        beside: Seconds of speakers heard one beside the other in a window, and of those how many are parted.
    """

    labels: Labels
    voices: Float
    spread: float
    shares: Float
    beside: tuple[float, float]

    @property
    def likeness(self) -> float:
        """Cosine of the two voices that are most alike."""
        pairs = (float(self.voices[a] @ self.voices[b]) for a, b in combinations(range(len(self.voices)), 2))
        return max(pairs, default=1.0)

    @property
    def borne_out(self) -> float:
        """Share of the speakers heard one beside the other that are parted; one half where there are none."""
        together, parted = self.beside
        return (parted + _BELIEVED) / (together + 2 * _BELIEVED)

    @property
    def worth(self) -> float:
        """The more, the better: unlikeness of the voices, and how far it is borne out."""
        together, parted = self.beside
        lost = self.shares.min() < _LOST and (parted < _HEARD_BESIDE or parted < together / 2)
        return 1 - self.likeness + self.borne_out - lost


class Grouping:
    """The pieces of a call, ready to be parted."""

    def __init__(self, heard: Heard) -> None:
        self._vectors = heard.vectors.astype(np.float64)
        self._seconds = heard.seconds
        long = np.flatnonzero(self._seconds >= _LONG_ENOUGH)
        self._some = long[:: max(-(-len(long) // _MOST), 1)]
        self._rows, self._weights = self._vectors[self._some], self._seconds[self._some]
        self._pairs = list(_beside(heard))
        self._rest, self._reach = _same_speaker(heard, self._vectors, self._seconds)

    @cached_property
    def _tree(self) -> Float:
        return _tree(self._rows)

    def two(self) -> Parting | None:
        """Return the best parting into two voices; ``None`` where there is too little speech for one."""
        # The last word has the spread: of two partings as good, the tighter one.
        return max(self._partings(self._two_ways(), 2), key=lambda one: one.worth - one.spread / 2, default=None)

    def three(self, two: Parting) -> Parting | None:
        """Return the tightest parting into three voices, none of them hardly heard; ``None`` where there is none.

        Args:
            two: The best one into two.
        """
        found = self._partings(self._three_ways(two.labels[self._some]), 3)
        heard = [parting for parting in found if parting.shares.min() >= HARDLY_HEARD]
        return min(heard, key=lambda parting: parting.spread, default=None)

    def _partings(self, ways: Iterator[Labels], count: int) -> list[Parting]:
        settled = (self._settled(way, count) for way in ways)
        partings = [self._parting(voices) for voices in settled if voices is not None]
        return [parting for parting in partings if parting.shares.min() > 0]

    def _two_ways(self) -> Iterator[Labels]:
        """Yield first guesses: along the directions in which the call varies most, and branches of its tree."""
        rows, weights = self._rows, self._weights
        if len(rows) < 2:
            return
        for side in _directions(rows, weights):
            yield side.astype(np.intp)
        for count in _BRANCHES:
            branch = _branches(self._tree, count)
            sizes = np.bincount(branch, weights)
            for one in np.flatnonzero(sizes >= 1):
                if one != sizes.argmax():
                    yield (branch == one).astype(np.intp)

    def _three_ways(self, two: Labels) -> Iterator[Labels]:
        """Yield first guesses: one of two voices parted again, and the three largest branches."""
        rows, weights = self._rows, self._weights
        for voice in (0, 1):
            own = np.flatnonzero(two == voice)
            if len(own) < 4:
                continue
            for side in _directions(rows[own], weights[own])[:2]:
                yield _with_third(two, own[side])
            yield _with_third(two, own[_branches(_tree(rows[own]), 2) == 0])
        if len(rows) < 3:
            return
        for count in _BRANCHES[1:4]:
            branch = _branches(self._tree, count)
            largest = np.argsort(-np.bincount(branch, weights), kind="stable")[:3]
            if len(largest) == 3:
                yield np.argmax(branch[:, None] == largest, axis=1)

    def _settled(self, labels: Labels, count: int) -> Float | None:
        """Return the voices that a guess settles on (k-means of directions); ``None`` if one is lost."""
        rows, weights = self._rows, self._weights
        for _ in range(_ROUNDS):
            sums = np.array([(rows * (weights * (labels == voice))[:, None]).sum(axis=0) for voice in range(count)])
            if not np.linalg.norm(sums, axis=1).all():
                return None
            voices: Float = sums / np.linalg.norm(sums, axis=1, keepdims=True)
            found = (rows @ voices.T).argmax(axis=1)
            if (found == labels).all():
                break
            labels = found
        return voices

    def _parting(self, voices: Float) -> Parting:
        fits = self._vectors @ voices.T
        labels = self._told(fits, voices)
        own, held = fits[np.arange(len(labels)), labels], self._seconds
        together = parted = 0.0
        for one, other, seconds in self._pairs:
            together += seconds
            parted += seconds * float((voices @ one).argmax() != (voices @ other).argmax())
        spread = float(np.average(1 - own[self._some], weights=self._weights))
        shares = np.bincount(labels, held, minlength=len(voices)) / held.sum()
        return Parting(labels, voices, spread, shares, (together, parted))

    def _told(self, fits: Float, voices: Float) -> Labels:
        """Return whose each piece is; a short one is judged with what else its speaker says in the window."""
        weight = np.minimum(self._seconds, _SHORT)
        helped = fits * weight[:, None] + _SAME_SPEAKER * (self._rest @ voices.T) * self._reach[:, None]
        return np.asarray(helped.argmax(axis=1), np.intp)


def _same_speaker(heard: Heard, vectors: Float, seconds: Float) -> tuple[Float32, Float]:
    """Return for each piece how its speaker sounds in its whole window, and the seconds that this counts."""
    sums: dict[tuple[int, int], Float] = {}
    keys = [(piece.window, piece.local) for piece in heard.pieces]
    for key, vector, length in zip(keys, vectors, seconds, strict=True):
        sums[key] = sums.get(key, 0.0) + vector * length
    own = np.array([sums[key] for key in keys]).reshape(vectors.shape)
    return unit(own), np.minimum(np.linalg.norm(own, axis=1), _AT_MOST)


def _directions(rows: Float, weights: Float) -> list[NDArray[np.bool_]]:
    """Return on which side each row lies, along each direction in which they vary most."""
    away = rows - np.average(rows, axis=0, weights=weights)
    along = np.linalg.svd(away, full_matrices=False)[0]
    return [along[:, at] > 0 for at in range(min(_DIRECTIONS, along.shape[1]))]


def _with_third(two: Labels, third: Labels) -> Labels:
    labels = two.copy()
    labels[third] = 2
    return labels


def _beside(heard: Heard) -> Iterator[tuple[Float, Float, float]]:
    """Yield how two speakers of one window sound, and the seconds that the pair counts."""
    speakers: dict[int, dict[int, list[int]]] = {}
    for number, piece in enumerate(heard.pieces):
        speakers.setdefault(piece.window, {}).setdefault(piece.local, []).append(number)
    seconds = heard.seconds
    for locals_ in speakers.values():
        for one, other in combinations(locals_.values(), 2):
            least = min(seconds[one].sum(), seconds[other].sum())
            if least >= _BESIDE:
                yield _mean(heard, seconds, one), _mean(heard, seconds, other), min(float(least), _AT_MOST)


def _mean(heard: Heard, seconds: Float, numbers: Sequence[int]) -> Float:
    return unit(seconds[numbers] @ heard.vectors[numbers]).astype(np.float64)


# SciPy takes longer to load than all else that a review of two channels needs, and only mono needs it.


def _tree(rows: Float) -> Float:
    """Return the tree of rows by average cosine distance, as SciPy has it."""
    from scipy.cluster.hierarchy import linkage  # type: ignore[import-untyped]  # noqa: PLC0415

    return np.asarray(linkage(rows, "average", metric="cosine"))


def _branches(tree: Float, count: int) -> Labels:
    """Return the branch of each row where a tree is cut into so many, counted from 0."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415

    return np.asarray(fcluster(tree, count, "maxclust") - 1)

"""A recogniser that says what it was told: for tests of everything around recognition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import ClassVar, Self

from coach.conversation import Interval, ModelError, Segment, Transcript, Word, intersection, total
from coach.speech.transcribers.placing import place
from coach.speech.transcribers.protocol import LaneToHear, Progress

Script = Mapping[str, Sequence[Word] | str]
"""What each speaker says: words with their times, or a text to be spread over the speaker's activity."""

_NOTHING: Script = MappingProxyType({})


class FakeTranscriber:
    """Words given beforehand, handed out by cut.

    Attributes:
        longest_cut: As long as a cut may be, in seconds.
    """

    longest_cut: ClassVar[float] = 30.0

    def __init__(self, script: Script = _NOTHING, *, confidence: float = 0.9) -> None:
        """Make it.

        Args:
            script: What each speaker says.
            confidence: Of the words of a text; words with times keep their own.
        """
        self._script = script
        self._confidence = confidence
        self._open = False

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        return "fake"

    @property
    def fingerprint(self) -> str:
        """What the words depend on."""
        told = repr(sorted((speaker, str(words)) for speaker, words in self._script.items()))
        return f"fake {hashlib.sha256(told.encode()).hexdigest()[:16]} {self._confidence}"

    def __enter__(self) -> Self:
        """Open it."""
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._open = False

    def transcribe(self, lanes: Sequence[LaneToHear], *, progress: Progress | None = None) -> Transcript:
        """Return the words of the script that lie in each cut; it depends on script and cuts alone.

        Args:
            lanes: One a party.
            progress: Told the share of the lanes that was heard.
        """
        if not self._open:
            raise ModelError("The transcriber is not open: use it in a `with` statement.")
        segments: list[Segment] = []
        for done, lane in enumerate(lanes, start=1):
            said = self._script.get(lane.speaker, ())
            segments += self._spread(said.split(), lane) if isinstance(said, str) else _by_cut(said, lane)
            if progress is not None:
                progress(done / len(lanes))
        segments.sort(key=lambda segment: (segment.interval, segment.speaker))
        return Transcript(tuple(segments), self.name)

    def _spread(self, texts: Sequence[str], lane: LaneToHear) -> list[Segment]:
        """Share a text out over the cuts by the activity in each."""
        cuts = [cut for cut in lane.cuts if intersection(lane.speech, [cut])]
        whole = sum(total(intersection(lane.speech, [cut])) for cut in cuts)
        segments, reached, first = [], 0.0, 0
        for index, cut in enumerate(cuts):
            reached += total(intersection(lane.speech, [cut]))
            last = len(texts) if index == len(cuts) - 1 else round(len(texts) * reached / whole)
            words = texts[first:last]
            first = last
            if words:
                segments.append(self._placed(words, lane, cut))
        return segments

    def _placed(self, texts: Sequence[str], lane: LaneToHear, cut: Interval) -> Segment:
        words = tuple(
            Word(text, where.start, where.end, self._confidence, interpolated=True)
            for text, where in zip(texts, place(texts, lane.speech, cut), strict=True)
        )
        return Segment(lane.speaker, cut, words, self._confidence)


def _by_cut(words: Sequence[Word], lane: LaneToHear) -> list[Segment]:
    segments = []
    for cut in lane.cuts:
        inside = tuple(sorted((word for word in words if word.interval.middle in cut), key=lambda word: word.start))
        known = [word.confidence for word in inside if word.confidence is not None]
        if inside:
            segments.append(Segment(lane.speaker, cut, inside, sum(known) / len(known) if known else None))
    return segments

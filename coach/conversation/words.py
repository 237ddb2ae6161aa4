"""Words as a recogniser or an import gives them, before anybody knows who is the agent."""

from __future__ import annotations

from dataclasses import dataclass

from coach.conversation.intervals import Interval


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its time.

    Attributes:
        text: The word as written, with its punctuation; ``[card]`` and the like when masked.
        start: Seconds from the start of the recording.
        end: Seconds from the start of the recording.
        confidence: The recogniser's own, 0 to 1; ``None`` when it gives none.
        interpolated: Whether the time was spread over a segment rather than heard.
    """

    text: str
    start: float
    end: float
    confidence: float | None = None
    interpolated: bool = False

    @property
    def interval(self) -> Interval:
        """When it was said."""
        return Interval(self.start, self.end)

    @property
    def masked(self) -> bool:
        """Whether the word stands for something private that was taken out."""
        return self.text.startswith("[") and self.text.rstrip(".,?!;:").endswith("]")


@dataclass(frozen=True, slots=True)
class Segment:
    """What the recogniser made of one cut of one lane. Never a turn, and never evidence of timing.

    Attributes:
        speaker: The lane's or the import's label: ``left``, ``right``, ``spk_0``.
        interval: The cut that was given to the recogniser.
        words: Its words in order of time.
        confidence: 0 to 1, from token log-probabilities; ``None`` when the engine gives none.
    """

    speaker: str
    interval: Interval
    words: tuple[Word, ...]
    confidence: float | None = None

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything one engine heard in one recording.

    Attributes:
        segments: Sorted by start.
        engine: The engine's name and model, as the report shows it.
        word_times: Whether the words' times say when they were spoken; false for subtitle cues.
    """

    segments: tuple[Segment, ...]
    engine: str
    word_times: bool = True

    def of(self, speaker: str) -> tuple[Word, ...]:
        """Return one speaker's words in order of time."""
        words = (word for segment in self.segments if segment.speaker == speaker for word in segment.words)
        return tuple(sorted(words, key=lambda word: (word.start, word.end)))

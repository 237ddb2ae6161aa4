"""The engine that works at once: Moonshine tiny, from the weights inside the ``moonshine-voice`` package.

The package itself is not imported; only its files are read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from math import exp
from types import TracebackType
from typing import ClassVar, Self

from coach.conversation import ModelError, Segment, Transcript, Word
from coach.speech import registry
from coach.speech.threads import threads
from coach.speech.transcribers.guards import answers_silence, guessed, kept, squeezable
from coach.speech.transcribers.moonshine import Heard, Moonshine
from coach.speech.transcribers.placing import place
from coach.speech.transcribers.protocol import LaneToHear, Progress
from coach.speech.transcribers.sound import Cut, Float32, cuts_of, gain, read

MODEL = "moonshine-tiny-en"


_installed = cache(version)
"""Version of an installed package; finding it takes milliseconds, and a shift asks for each call."""


class BundledTranscriber:
    """Moonshine tiny, English, greedy, in batches that never mix calls.

    Attributes:
        batch: Cuts decoded together.
        longest_cut: Longest cut it recognises well, in seconds; longer ones are split.
        version: Grows when its words may change for a reason that neither model nor settings show.
    """

    batch: ClassVar[int] = 8
    longest_cut: ClassVar[float] = 10.0
    version: ClassVar[int] = 1

    def __init__(self, *, workers: int | None = None) -> None:
        """Make it; nothing is loaded yet.

        Args:
            workers: Batches decoded side by side, one thread each; by default one a core, at most four. The
                words do not depend on it.
        """
        self._workers = workers or threads()
        self._entry = registry.find(MODEL)
        self._model: Moonshine | None = None

    @staticmethod
    def available() -> bool:
        """Return whether the model's package is installed with all its files."""
        return registry.present(registry.find(MODEL))

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        return "Moonshine tiny-en (bundled)"

    @property
    def fingerprint(self) -> str:
        """What the words depend on."""
        numbers = ",".join(f"{key}={value}" for key, value in sorted(self._entry.calibration.items()))
        return (
            f"bundled/{self.version} {self._entry.id}:{self._entry.digest} onnxruntime:{_installed('onnxruntime')} "
            f"batch={self.batch} longest={self.longest_cut} {numbers}"
        )

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ModelError: It is missing or damaged.
        """
        self._model = Moonshine(registry.require(self._entry))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the model go."""
        self._model = None

    def transcribe(self, lanes: Sequence[LaneToHear], *, progress: Progress | None = None) -> Transcript:
        """Return what was said in all lanes of one call; it depends on that call alone.

        Args:
            lanes: One a party.
            progress: Told the share of the sound that was heard.
        """
        model = self._open()
        gains = [gain(lane) for lane in lanes]
        cuts = cuts_of(lanes, self.longest_cut)
        whole = sum(cut.interval.duration for cut in cuts)
        done = 0.0
        segments: list[Segment] = []
        for batch, heard in self._heard(model, _batches(cuts, self.batch), lanes, gains):
            for cut, one in zip(batch, heard, strict=True):
                segment = self._segment(model, one, cut, lanes[cut.lane])
                if segment is not None:
                    segments.append(segment)
            done += sum(cut.interval.duration for cut in batch)
            if progress is not None:
                progress(min(done / whole, 1.0))
        if progress is not None and not cuts:
            progress(1.0)
        segments.sort(key=lambda segment: (segment.interval, segment.speaker))
        return Transcript(tuple(segments), self.name)

    def _open(self) -> Moonshine:
        if self._model is None:
            raise ModelError("The bundled speech model is not open: use the transcriber in a `with` statement.")
        return self._model

    def _heard(
        self, model: Moonshine, batches: Sequence[Sequence[Cut]], lanes: Sequence[LaneToHear], gains: Sequence[float]
    ) -> Iterator[tuple[Sequence[Cut], list[Heard]]]:
        """Decode the batches side by side and yield them in order; the sound of only a few is in memory."""
        waiting: deque[tuple[Sequence[Cut], Future[list[Heard]]]] = deque()
        with ThreadPoolExecutor(self._workers, "recogniser") as workers:
            for batch in batches:
                sounds: list[Float32] = [read(cut, lanes, gains) for cut in batch]
                waiting.append((batch, workers.submit(model.hear, sounds)))
                if len(waiting) > self._workers:
                    earliest, future = waiting.popleft()
                    yield earliest, future.result()
            for earliest, future in waiting:
                yield earliest, future.result()

    def _segment(self, model: Moonshine, heard: Heard, cut: Cut, lane: LaneToHear) -> Segment | None:
        words = model.words(heard)
        words = words[: kept([text for text, _ in words])]
        texts = [text for text, _ in words]
        if answers_silence(" ".join(texts)) or squeezable(" ".join(texts)):
            return None
        mean = sum(heard.logs) / len(heard.logs)
        confidences = [self._confidence(least, mean) for _, least in words]
        confidence = sum(confidences) / len(confidences)
        if guessed(texts, confidence):
            return None
        return Segment(
            lane.speaker,
            cut.interval,
            tuple(
                Word(word, where.start, where.end, sure, interpolated=True)
                for word, where, sure in zip(texts, place(texts, lane.speech, cut.interval), confidences, strict=True)
            ),
            confidence,
        )

    def _confidence(self, least: float, mean: float) -> float:
        """Return the chance that a word is right, from its least sure token and the segment's mean."""
        numbers = self._entry.calibration
        return 1 / (1 + exp(-(numbers["bias"] + numbers["least"] * least + numbers["mean"] * mean)))


def _batches(cuts: Sequence[Cut], size: int) -> list[list[Cut]]:
    """Return the cuts longest first, ``size`` at a time: like beside like, and the long ones do not come last."""
    order = sorted(cuts, key=lambda cut: (-cut.interval.duration, cut.lane, cut.interval.start))
    return [order[at : at + size] for at in range(0, len(order), size)]

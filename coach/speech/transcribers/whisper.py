"""faster-whisper: better words with times of their own, from a model in a local folder.

Nothing is ever fetched: the model is a folder, and a folder without its tokenizer is refused, because the library
would look for one on the network.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

import numpy as np

from coach.conversation import Interval, ModelError, Segment, Timeline, Transcript, Word, bridge
from coach.speech import registry
from coach.speech.samples import RATE
from coach.speech.threads import threads
from coach.speech.transcribers.guards import answers_silence, guessed, kept, squeezable
from coach.speech.transcribers.protocol import LaneToHear, Progress
from coach.speech.transcribers.sound import Cut, Float32, cuts_of, read

Device = Literal["auto", "cpu", "cuda"]

_SILENT = 0.6  # probability of no speech from which a poor segment is none
_POOR = -1.0  # mean log-probability of a token below which a segment is poor
_IN_SILENCE = 0.5  # seconds from all activity at which a word was made up
_STEP = RATE // 100  # samples a frame of the model
_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_DECIDES = frozenset({".bin", ".json", ".txt"})
"""Endings of the files of a model: weights, how it is built and run, and what its words are."""


class WhisperTranscriber:
    """A CTranslate2 Whisper model, beam search, in batches that never mix calls.

    Attributes:
        batch: Cuts decoded together.
        beam: Beams.
        longest_cut: The model's window is 30 s; a cut just under it leaves room for rounding, in seconds.
        version: Grows when its words may change for a reason that neither model nor settings show.
    """

    batch: ClassVar[int] = 8
    beam: ClassVar[int] = 5
    longest_cut: ClassVar[float] = 28.0
    version: ClassVar[int] = 1

    def __init__(self, folder: Path, *, entry: registry.Model | None = None, device: Device = "auto") -> None:
        """Make it; nothing is loaded yet.

        Args:
            folder: Where the model lies.
            entry: Its entry in the manifest; a folder of the user's own has none.
            device: ``auto`` takes a CUDA device where there is one.
        """
        self._folder = folder
        self._entry = entry
        self._device = device
        self._pipeline: partial[Any] | None = None

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        return (
            f"faster-whisper {(self._entry.id if self._entry else self._folder.name).removeprefix('faster-whisper-')}"
        )

    @property
    def fingerprint(self) -> str:
        """What the words depend on.

        Raises:
            ModelError: The model's folder holds no model.
        """
        digest = self._entry.digest if self._entry else _own_digest(self._folder)
        return (
            f"faster-whisper/{self.version} {self._folder.name}:{digest} "
            f"faster-whisper:{version('faster-whisper')} ctranslate2:{version('ctranslate2')} "
            f"batch={self.batch} beam={self.beam} longest={self.longest_cut} {'/'.join(self._where())}"
        )

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ModelError: It is missing, damaged, or cannot run on the device.
        """
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is first imported
        from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415  (loads for seconds)

        if self._entry is not None:
            registry.require(self._entry, self._folder.parent)
        _check(self._folder)
        device, compute = self._where()
        try:
            model = WhisperModel(
                str(self._folder),
                device=device,
                compute_type=compute,
                cpu_threads=threads(8),
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            other = " Try --device cpu." if device == "cuda" else ""
            raise ModelError(
                f"The speech model in {self._folder} cannot be loaded on {device}: it is damaged, or made for another "
                f"version.{other} `coach models verify` checks its files."
            ) from error
        # One for every batch: it carries the time of the last word over, and words must depend on their call alone.
        self._pipeline = partial(BatchedInferencePipeline, model)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the model go."""
        self._pipeline = None

    def transcribe(self, lanes: Sequence[LaneToHear], *, progress: Progress | None = None) -> Transcript:
        """Return what was said in all lanes of one call; it depends on that call alone.

        Args:
            lanes: One a party.
            progress: Told the share of the sound that was heard.
        """
        pipeline = self._open()
        cuts = cuts_of(lanes, self.longest_cut)
        near = [bridge(lane.speech, 2 * _IN_SILENCE) for lane in lanes]
        whole, done = sum(cut.interval.duration for cut in cuts), 0.0
        segments: list[Segment] = []
        for at in range(0, len(cuts), self.batch):
            batch = cuts[at : at + self.batch]
            for cut, found in self._heard(pipeline(), batch, lanes):
                segment = _segment(found, cut, lanes[cut.lane].speaker, near[cut.lane])
                if segment is not None:
                    segments.append(segment)
            done += sum(cut.interval.duration for cut in batch)
            if progress is not None:
                progress(min(done / whole, 1.0))
        if progress is not None and not cuts:
            progress(1.0)
        segments.sort(key=lambda segment: (segment.interval, segment.speaker))
        return Transcript(tuple(segments), self.name)

    def _open(self) -> partial[Any]:
        if self._pipeline is None:
            raise ModelError("The speech model is not open: use the transcriber in a `with` statement.")
        return self._pipeline

    def _heard(
        self,
        pipeline: Any,  # noqa: ANN401  (the library is untyped)
        batch: Sequence[Cut],
        lanes: Sequence[LaneToHear],
    ) -> Iterator[tuple[Cut, list[Any]]]:
        """Yield for each cut what the library found, its times counted from the start of the cut."""
        sounds = [read(cut, lanes, [1.0] * len(lanes)) for cut in batch]
        sound, starts = _laid_out(sounds)
        clips = [
            {"start": start / RATE, "end": (start + len(one)) / RATE} for start, one in zip(starts, sounds, strict=True)
        ]
        found, _ = pipeline.transcribe(
            sound,
            language="en",  # fixed: a model of many languages would guess one from each cut
            beam_size=self.beam,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
            vad_filter=False,
            clip_timestamps=clips,
            batch_size=self.batch,
        )
        frames = [start // _STEP for start in starts]
        own: list[list[Any]] = [[] for _ in batch]
        for segment in found:
            own[int(np.searchsorted(frames, segment.seek + 1, "right")) - 1].append(segment)
        for cut, start, some in zip(batch, starts, own, strict=True):
            yield cut, [(segment, start / RATE) for segment in some]

    def _where(self) -> tuple[str, str]:
        """Return the device and how its sums are done."""
        device = self._device
        if device == "auto":
            import ctranslate2  # noqa: PLC0415  (loads for seconds)

            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        return device, "float16" if device == "cuda" else "int8"


def _laid_out(sounds: Sequence[Float32]) -> tuple[Float32, list[int]]:
    """Return the sounds in one array, each starting on a frame of the model, and where each starts."""
    starts = [0]
    for sound in sounds:
        starts.append(-(-(starts[-1] + len(sound) + _STEP) // _STEP) * _STEP)
    whole = np.zeros(starts.pop(), np.float32)
    for start, sound in zip(starts, sounds, strict=True):
        whole[start : start + len(sound)] = sound
    return whole, starts


def _segment(found: Sequence[tuple[Any, float]], cut: Cut, speaker: str, near: Timeline) -> Segment | None:
    """Return the words of a cut in recording time, without what was made up."""
    words = [
        word
        for segment, offset in found
        if not (segment.no_speech_prob > _SILENT and segment.avg_logprob < _POOR)
        for word in _words(segment, offset, cut.interval)
    ]
    words = [word for word in words if any(_close(word, speech) for speech in near)]
    words = words[: kept([word.text for word in words])]
    text = " ".join(word.text for word in words)
    if not words or answers_silence(text) or squeezable(text):
        return None
    confidence = sum(word.confidence or 0.0 for word in words) / len(words)
    if guessed([word.text for word in words], confidence):
        return None
    return Segment(speaker, cut.interval, tuple(words), confidence)


def _words(segment: Any, offset: float, cut: Interval) -> Iterator[Word]:  # noqa: ANN401  (the library is untyped)
    for word in segment.words or ():
        start = min(max(cut.start + word.start - offset, cut.start), cut.end)
        end = min(max(cut.start + word.end - offset, start), cut.end)
        if text := word.word.strip():
            yield Word(text, float(start), float(end), min(max(float(word.probability), 0.0), 1.0))


def _close(word: Word, speech: Interval) -> bool:
    return word.start < speech.end + _IN_SILENCE and word.end > speech.start - _IN_SILENCE


def _check(folder: Path) -> None:
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is no whole faster-whisper model: {', '.join(missing)} missing. A model is a folder made by "
            "ct2-transformers-converter, or one that `coach models pull` fetched."
        )


def _own_digest(folder: Path) -> str:
    """Return a digest of a model that the manifest does not know."""
    _check(folder)
    total = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in _DECIDES):
        total.update(f"{path.name}\0{registry.sha256(path)}\0".encode())
    return total.hexdigest()[:16]

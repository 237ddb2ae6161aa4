"""pyannote.audio: its speaker diarization pipelines, from this computer alone.

Bredin, "pyannote.audio 2.1 speaker diarization pipeline", Interspeech 2023; the community-1 pipeline of version 4 adds
VBx clustering and an output without overlap. The library asks for torch, so it is an extra, imported when it is opened.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import ModuleType, TracebackType
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np

from coach.conversation import CoachError, Interval, ModelError, Timeline, union
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.protocol import Diarization
from coach.speech.diarizers.pyannote_embedding import bound, share_layers
from coach.speech.diarizers.pyannote_parts import Parts, find, needs_no_plda, stay_offline
from coach.speech.diarizers.stitching import Heard, distances, one_at_a_time, stitched, windows
from coach.speech.samples import RATE, Samples
from coach.speech.transcribers.protocol import Progress

Device = Literal["auto", "cpu", "cuda", "mps"]
Library: TypeAlias = Any  # torch and pyannote.audio are not there for the type checker

ALIKE = 0.25
"""Cosine distance of two voices under which the 3.1 pipeline itself would call them one (0.7045² / 2)."""

_SHARES = {"segmentation": (0.0, 0.25), "embeddings": (0.25, 0.97)}  # of a window's time, as measured on a processor


class PyannoteDiarizer:
    """A pipeline of pyannote.audio, held in memory while it is open.

    A call of up to ``window`` seconds is heard in one piece, exactly as the library would. A longer one is heard in
    windows whose speakers are matched by voice and by what overlapping windows both heard, because the library's
    memory grows with the square of the length.

    Attributes:
        window: Longest piece, in seconds.
        overlap: What neighbouring pieces share, in seconds.
        batch: Most chunks computed together on a processor, where more cost memory and gain nothing; a graphics card
            computes as many as the pipeline says.
        version: Grows when its results may change for a reason that neither pipeline nor settings show.
    """

    window: ClassVar[float] = 1800.0
    overlap: ClassVar[float] = 60.0
    batch: ClassVar[int] = 4
    version: ClassVar[int] = 1

    def __init__(self, source: str, *, device: Device = "auto") -> None:
        """Make it; nothing is loaded yet.

        Args:
            source: A folder with a ``config.yaml``, that file, or the id of a pipeline that was downloaded before.
            device: ``auto`` takes a CUDA device, else Apple's, else the processor.
        """
        self._source = source
        self._device = device
        self._parts: Parts | None = None
        self._pipeline: Library = None

    @staticmethod
    def available() -> bool:
        """Return whether the library and torch are installed; neither is imported."""
        try:
            return find_spec("pyannote.audio") is not None and find_spec("torch") is not None
        except ModuleNotFoundError:
            return False

    @property
    def name(self) -> str:
        """Engine and pipeline, as the report shows it."""
        return f"pyannote.audio {self._found().name}"

    @property
    def fingerprint(self) -> str:
        """What the result depends on.

        Raises:
            ModelError: The pipeline is not on this computer.
        """
        parts = self._found()
        return (
            f"pyannote/{self.version} {parts.name}:{parts.digest} pyannote.audio:{_version('pyannote.audio')} "
            f"torch:{_version('torch')} window={self.window} overlap={self.overlap} device={self._device}"
        )

    def __enter__(self) -> Self:
        """Load the pipeline.

        Raises:
            ModelError: The library or the pipeline is missing or damaged, or the device is not there.
        """
        parts = self._found()
        torch, audio = _libraries()
        device = _device(torch, self._device)
        with _as_model_error(
            f"The pyannote pipeline {parts.name} cannot be loaded: it is damaged, or made for another version of "
            f"pyannote.audio than {_version('pyannote.audio')}. Download it again."
        ):
            self._pipeline = _load(parts, audio, torch.device(device))
        if not isinstance(self._pipeline, import_module("pyannote.audio.pipelines.utils").SpeakerDiarizationMixin):
            self._pipeline = None
            raise ModelError(f"The pyannote pipeline {parts.name} does not tell speakers apart.")
        bound(self._pipeline, self.batch if device == "cpu" else None)
        share_layers(self._pipeline)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the pipeline go."""
        self._pipeline = None

    def diarize(
        self, samples: Samples, activity: LaneActivity, *, speakers: int | None = None, progress: Progress | None = None
    ) -> Diarization:
        """Return who spoke when, by the pipeline's own idea of when anybody speaks.

        Args:
            samples: The one lane, 16 kHz, read a window at a time.
            activity: When anybody speaks in it; where nobody does, the pipeline is not asked.
            speakers: How many there are; two if it is not said.
            progress: Told the share done.

        Raises:
            ModelError: The pipeline is not open, or failed.
        """
        if self._pipeline is None:
            raise ModelError("The pyannote pipeline is not open: use the diarizer in a `with` statement.")
        count = 2 if speakers is None else speakers
        heard: list[Heard] = []
        if activity.speech or activity.likely:
            spans = windows(len(samples) / RATE, self.window, self.overlap)
            for number, span in enumerate(spans):
                heard.append(self._hear(samples, span, count, _part(progress, number, len(spans))))
        if progress is not None:
            progress(1.0)
        return _diarization(stitched(heard, count)) if heard else Diarization({}, {})

    def _found(self) -> Parts:
        if self._parts is None:
            self._parts = find(self._source)
        return self._parts

    def _hear(self, samples: Samples, span: Interval, speakers: int, progress: Progress | None) -> Heard:
        torch = import_module("torch")
        first, last = round(span.start * RATE), round(span.end * RATE)
        waveform = torch.from_numpy(samples.read(first, last).astype(np.float32) / 2**15)[None]
        hook = _hook(progress)
        with _as_model_error(
            f"The pyannote pipeline {self._found().name} failed on this recording. "
            "Try --device cpu, or --diarizer bundled."
        ):
            output = self._pipeline({"waveform": waveform, "sample_rate": RATE}, num_speakers=speakers, hook=hook)
        return _heard(output, span)


def _libraries() -> tuple[Library, Library]:
    """Return torch and pyannote.audio, imported without telemetry, network or torchaudio's native part."""
    if not PyannoteDiarizer.available():
        raise ModelError(
            "pyannote.audio is not installed: it needs torch, which is large, so it is kept apart. In a checkout: "
            "`pip install -r requirements/torch.txt`, then `pip install --require-hashes --no-deps -r "
            "requirements/pyannote.txt`. The bundled diarizer needs neither: --diarizer bundled."
        )
    stay_offline()
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")  # a few operations have no form for Apple's processors
    if "torchaudio" not in sys.modules:
        sys.modules.setdefault("torchaudio._extension", _no_extension())
    with _as_model_error(
        "pyannote.audio is installed but cannot be imported. In a checkout, install it anew: `pip install -r "
        "requirements/torch.txt`, then `pip install --require-hashes --no-deps -r requirements/pyannote.txt`."
    ):
        return import_module("torch"), import_module("pyannote.audio")


def _no_extension() -> ModuleType:
    """Return a stand-in for torchaudio's native part: built for one torch only, and nothing of it is used here."""

    def fail_if_no_align(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    stand_in = ModuleType("torchaudio._extension")
    vars(stand_in).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=fail_if_no_align
    )
    return stand_in


def _load(parts: Parts, audio: Library, device: Library) -> Library:
    config = {**parts.config, "pipeline": {**parts.config["pipeline"]}}
    parameters = config["pipeline"]["params"] = {**config["pipeline"]["params"]}
    if needs_no_plda(config):
        # Version 4 would look for community-1's on the hub, and not use it.
        kind = import_module("pyannote.audio.core.plda").PLDA
        parameters["plda"] = kind.__new__(kind)
    config.pop("device", None)
    pipeline = audio.Pipeline.from_pretrained(config)
    if hasattr(pipeline, "legacy"):
        pipeline.legacy = False  # the whole output, with the one without overlap
    return pipeline.to(device)


def _device(torch: Library, wanted: Device) -> str:
    there = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available, "cpu": lambda: True}
    if wanted == "auto":
        return next(name for name, is_there in there.items() if is_there())
    if not there[wanted]():
        raise ModelError(f"torch finds no {wanted} device on this computer. Try --device cpu.")
    return wanted


@contextmanager
def _as_model_error(message: str) -> Iterator[None]:
    """Turn whatever the libraries raise into our sentence, and keep what they print and warn of to themselves."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        except CoachError:
            raise
        except Exception as error:
            raise ModelError(f"{message} ({type(error).__name__})") from error


def _hook(progress: Progress | None) -> Callable[..., None]:
    out = sys.stdout  # the library's is kept quiet, the listener's is not

    def told(step: str, *_: object, total: int = 0, completed: int = 0, **__: object) -> None:
        if progress is not None and total and step in _SHARES:
            start, end = _SHARES[step]
            with redirect_stdout(out):
                progress(start + (end - start) * min(completed / total, 1.0))

    return told


def _part(progress: Progress | None, number: int, of: int) -> Progress | None:
    return None if progress is None else lambda share: progress((number + share) / of)


def _heard(output: Library, span: Interval) -> Heard:
    """Return the library's answer about one window, in time of the recording."""
    if isinstance(output, tuple):  # speech separation: the diarization and the separated sound
        output = output[0]
    diarization: Library = getattr(output, "speaker_diarization", output)
    speech = _timelines(diarization, span)
    alone = getattr(output, "exclusive_speaker_diarization", None)
    exclusive = one_at_a_time(speech) if alone is None else _timelines(alone, span)
    embeddings = getattr(output, "speaker_embeddings", None)
    rows = [] if embeddings is None else list(embeddings)
    voices = {
        str(label): np.asarray(row, np.float64)
        for label, row in zip(diarization.labels(), rows, strict=False)
        if np.isfinite(row).all() and np.any(row)
    }
    return Heard(span, speech, exclusive, voices)


def _timelines(annotation: Library, span: Interval) -> dict[str, Timeline]:
    found: dict[str, list[Interval]] = {}
    for segment, _, label in annotation.itertracks(yield_label=True):
        start, end = (min(max(span.start + float(edge), span.start), span.end) for edge in (segment.start, segment.end))
        found.setdefault(str(label), []).append(Interval(start, end))
    return {label: union(intervals) for label, intervals in found.items()}


def _diarization(heard: Heard) -> Diarization:
    apart = distances(heard.voices)
    confidence = {label: min(far, 1.0) for label, far in apart.items()}
    return Diarization(heard.speech, heard.exclusive, tuple(_warnings(heard, apart)), confidence)


def _warnings(heard: Heard, apart: Mapping[str, float]) -> Iterator[str]:
    if len(heard.speech) == 1:
        yield "Only one voice was found in this recording."
    if len(heard.speech) > 2:
        yield f"{len(heard.speech)} voices were found in this recording."
    if any(far < ALIKE for far in apart.values()):
        yield "Two voices in this recording sound much alike, so who said what is less certain."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"

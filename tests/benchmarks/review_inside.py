"""One measurement, in a process of its own: ``review_inside.py review|library … OUT.json``.

A fresh process for each, because the highest memory of a process is for its whole life, and because a model that
was loaded once makes the next review look quicker than a person's first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber as OwnTranscriber

    from coach.app.item import Request
    from coach.app.naming import Output
    from coach.app.pipeline import Pipeline
    from coach.speech.transcribers.protocol import Transcriber

CORES = 2
_SAMPLED = 0.05  # seconds between two looks at how long the threads waited for a core
_PROC = Path("/proc/self")


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description="One measurement.")
    parser.add_argument("what", choices=("review", "library"))
    parser.add_argument("recordings", nargs="+", type=Path, help="one with both lanes, or the agent's and the other")
    parser.add_argument("--result", type=Path, required=True)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    found = (review if options.what == "review" else library)(options.recordings)
    options.result.write_text(json.dumps(found))


Marks = tuple[float, float, float]


@dataclass(frozen=True)
class Span:
    """What a stretch of work took.

    Attributes:
        wall: Seconds by the clock.
        cpu: Seconds of the cores, all threads together.
        waited: Seconds in which a thread could have run and had no core, all threads together.
        peak: Highest memory, in MB (of 10⁶ bytes); ``None`` where nobody counts it.
    """

    wall: float
    cpu: float
    waited: float
    peak: float | None

    def without(self, other: Span) -> Span:
        """Return the span less a part of it."""
        return Span(self.wall - other.wall, self.cpu - other.cpu, self.waited - other.waited, self.peak)

    def as_dict(self) -> dict[str, float | None]:
        """Return the figures as plain values."""
        return {"wall": self.wall, "cpu": self.cpu, "waited": self.waited, "peak_mb": self.peak}


class Meter:
    """Measures spans of this process; threads are looked at while they live, as the kernel forgets them."""

    def __init__(self) -> None:
        self._waits: dict[str, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def measure(self, work: Callable[[], Any]) -> tuple[Any, Span]:
        """Return what some work gives, and what it took."""
        begin = self.begin()
        result = work()
        return result, self.end(begin)

    def begin(self) -> Marks:
        """Return the marks from which a span counts; the highest memory is forgotten."""
        _forget_peak()
        return self.marks()

    def marks(self) -> Marks:
        """Return where the clocks stand: seconds by the wall, of the cores, and waited for one."""
        return time.perf_counter(), time.process_time(), self._waited()

    def end(self, begin: Marks) -> Span:
        """Return the span since some marks."""
        wall, cpu, waited = (now - then for now, then in zip(self.marks(), begin, strict=True))
        return Span(wall, cpu, waited, peak_mb())

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLED):
            self._look()

    def _look(self) -> None:
        try:
            threads = list((_PROC / "task").iterdir())
        except OSError:
            return
        for thread in threads:
            try:
                self._waits[thread.name] = int((thread / "schedstat").read_text().split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it has ended, or this kernel does not count

    def _waited(self) -> float:
        self._look()
        return sum(self._waits.values()) / 1e9


def peak_mb() -> float | None:
    """Return the highest memory since it was last forgotten, in MB (of 10⁶ bytes); ``None`` where nobody counts it."""
    try:
        lines = (_PROC / "status").read_text().splitlines()
    except OSError:
        return None
    kib = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
    return None if kib is None else kib * 1024 / 1e6


def _forget_peak() -> None:
    with suppress(OSError):  # the peaks are then those of everything so far
        (_PROC / "clear_refs").write_text("5")


def review(recordings: list[Path]) -> dict[str, Any]:
    """Return what one review took, stage by stage, with models loaded apart."""
    with Meter() as meter, tempfile.TemporaryDirectory() as folder:
        pipeline, imports = meter.measure(lambda: _pipeline(Path(folder)))
        engine = _loading(pipeline, meter)
        stages: dict[str, Span] = {}
        begun: dict[str, Marks] = {}

        def progress(stage: str, share: float) -> None:
            if stage not in begun:
                begun[stage] = meter.begin()
            if share >= 1.0:  # a stage may say so before its very end; the last word counts
                stages[stage] = meter.end(begun[stage])

        opening = meter.begin()
        with pipeline.running():
            loads = [meter.end(opening)]
            begin = meter.marks()
            call = pipeline.review(*_request(recordings, Path(folder)), progress)
            whole = meter.end(begin)
        made = getattr(call, "review", None)
        if made is None:
            sys.exit(f"the review failed: {getattr(call, 'message', call)}")
        for load in engine:
            loads.append(load)
            whole, stages["transcribe"] = whole.without(load), stages["transcribe"].without(load)
        peaks = [span.peak for span in (imports, *loads, *stages.values()) if span.peak is not None]
        conversation = made.conversation
        return {
            "duration": conversation.duration,
            "words": sum(len(party.words) for party in conversation.parties),
            "engine": made.provenance.transcriber,
            "import": imports.wall,
            "load": sum(load.wall for load in loads),
            **whole.as_dict(),
            "stages": {name: span.as_dict() for name, span in stages.items()},
            "peak_mb": max(peaks, default=None),
        }


def _pipeline(out: Path) -> Pipeline:
    from coach.app.review import open_pipeline  # noqa: PLC0415  (what importing costs is measured)

    pipeline = open_pipeline({"out": str(out)})
    pipeline.choose_engine()
    return pipeline


def _request(recordings: list[Path], folder: Path) -> tuple[Request, Output]:
    from coach.app.item import Request  # noqa: PLC0415
    from coach.app.naming import plan  # noqa: PLC0415

    if len(recordings) == 1:
        request = Request(recording=recordings[0])
    else:
        request = Request(agent=recordings[0], customer=recordings[1])
    (output,) = plan([request], folder)
    return request, output


def _loading(pipeline: Pipeline, meter: Meter) -> list[Span]:
    """Make the recogniser note what its loading takes, which happens inside its stage; return where it does."""
    from coach.app.stages.hearing import Transcribe  # noqa: PLC0415

    loads: list[Span] = []
    for stage in pipeline.stages:
        if isinstance(stage, Transcribe):
            kind = type(stage.engine)
            enter = kind.__enter__

            def timed(engine: Transcriber, enter: Callable[[Transcriber], Transcriber] = enter) -> Transcriber:
                begin = meter.marks()
                loaded = enter(engine)
                loads.append(meter.end(begin))
                return loaded

            setattr(kind, "__enter__", timed)  # noqa: B010  (to its type this is no method of its own)
    return loads


def library(recordings: list[Path]) -> dict[str, Any]:
    """Return what the same lanes took in ``moonshine_voice``'s own call, whole lanes as it takes them."""
    from coach.speech.decoding.decoder import decode, decode_parties  # noqa: PLC0415

    with Meter() as meter, tempfile.TemporaryDirectory() as folder:
        if len(recordings) == 1:
            sound = decode(recordings[0], folder=Path(folder))
        else:
            sound = decode_parties(recordings[0], recordings[1], folder=Path(folder))
        with sound:
            lanes = [[sample / 32768 for sample in lane.read(0, len(lane)).tolist()] for lane in sound.lanes]
        transcriber, load = meter.measure(_own)
        lines, span = meter.measure(lambda: [transcriber.transcribe_without_streaming(lane, 16_000) for lane in lanes])
        words = sum(len(line.text.split()) for transcript in lines for line in transcript.lines)
        return {"duration": sound.duration, "words": words, "load": load.wall, **span.as_dict()}


def _own() -> OwnTranscriber:
    import moonshine_voice  # noqa: PLC0415
    from moonshine_voice.moonshine_api import ModelArch  # noqa: PLC0415
    from moonshine_voice.transcriber import Transcriber as OwnTranscriber  # noqa: PLC0415

    return OwnTranscriber(Path(moonshine_voice.__file__).parent / "assets" / "tiny-en", ModelArch.TINY)


if __name__ == "__main__":
    main()

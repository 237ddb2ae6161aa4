"""One diarizer on some recordings, in a process of its own: ``python -m tests.benchmarks.diarization_inside NAME …``.

A fresh process for each diarizer, because what one has loaded would count as the next one's memory.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coach.conversation import Interval, Timeline, union
from coach.speech.activity import LaneActivity, detect
from coach.speech.decoding.decoder import decode
from coach.speech.diarizers.choose import open_diarizer
from coach.speech.samples import Samples
from coach.speech.silero import Silero
from tests.benchmarks.review_inside import CORES, Meter, peak_mb

ONE_SPEAKER = "one-speaker"
WHEEL = "wheel"
CADENCE = 10
"""Windows that the wheel's library takes before it groups the voices again: its most, and its fastest."""

Told = tuple[Mapping[str, Timeline], tuple[str, ...]]
"""Who spoke when, and what to warn of."""
Telling = Callable[[Samples, LaneActivity], Told]


def main() -> None:
    """Tell apart, measure and write."""
    parser = argparse.ArgumentParser(description="One diarizer on some recordings.")
    parser.add_argument("diarizer")
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--result", type=Path, required=True)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    options.result.write_text(json.dumps(measured(options.diarizer, options.recordings)))


def measured(diarizer: str, recordings: list[Path]) -> dict[str, Any]:
    """Return who one diarizer says spoke when in each recording, and what that took."""
    found: dict[str, Any] = {}
    with Meter() as meter, Silero() as silero, tempfile.TemporaryDirectory() as folder:
        opening = meter.begin()
        with opened(diarizer) as tell:
            loaded = meter.end(opening)
            for path in recordings:
                with decode(path, folder=Path(folder)) as sound:
                    found[str(path)] = _one(sound.lanes[0], silero, tell, meter) | {"seconds": sound.duration}
    return {"load": loaded.as_dict(), "recordings": found}


def _one(lane: Samples, silero: Silero, tell: Telling, meter: Meter) -> dict[str, Any]:
    (activity,), listening = meter.measure(lambda: detect([lane], silero))
    begin = meter.begin()
    before = peak_mb()
    speech, warnings = tell(lane, activity)
    span = meter.end(begin)
    return {
        "speech": {who: [(s.start, s.end) for s in spoken] for who, spoken in speech.items()},
        "warnings": warnings,
        "listening": listening.as_dict(),
        "before_mb": before,
        **span.as_dict(),
    }


@contextmanager
def opened(name: str) -> Iterator[Telling]:
    """Hold a diarizer open.

    Args:
        name: ``one-speaker``, ``wheel``, or what ``--diarizer`` takes.
    """
    if name == ONE_SPEAKER:
        yield lambda _, activity: ({"1": activity.speech}, ())
    elif name == WHEEL:
        with wheel() as tell:
            yield tell
    else:
        engine = open_diarizer(name, models=Path("models"))
        if engine is None:
            raise ValueError(f"{name} tells nobody apart")
        with engine:

            def told(lane: Samples, activity: LaneActivity) -> Told:
                found = engine.diarize(lane, activity)
                return found.speech, found.warnings

            yield told


@contextmanager
def wheel() -> Iterator[Telling]:
    """Hold ``moonshine_voice`` open for its own call, which writes the words down as well; it takes no count."""
    import moonshine_voice  # noqa: PLC0415  (it is not installed everywhere)
    from moonshine_voice.moonshine_api import ModelArch  # noqa: PLC0415
    from moonshine_voice.transcriber import Transcriber  # noqa: PLC0415

    assets = Path(moonshine_voice.__file__).parent / "assets" / "tiny-en"
    settings = {"identify_speakers": "true", "diarization_analyze_cadence": str(CADENCE)}

    def told(lane: Samples, activity: LaneActivity) -> Told:
        # A new one for each call: it goes on knowing the voices that it heard before.
        transcriber = Transcriber(assets, ModelArch.TINY, options=settings)
        try:
            samples = [sample / 2**15 for sample in lane.read(0, len(lane)).tolist()]
            lines = transcriber.transcribe_without_streaming(samples, 16_000).lines
        finally:
            transcriber.close()
        speech: dict[str, Timeline] = {}
        for span in (span for line in lines for span in line.speaker_spans or []):
            if span.duration > 0:
                spoken = Interval(span.start_time, span.start_time + span.duration)
                speech[str(span.speaker_index)] = union(speech.get(str(span.speaker_index), ()), [spoken])
        return speech, ()

    yield told


if __name__ == "__main__":
    main()

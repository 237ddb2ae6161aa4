"""One call in every format a phone system may keep it in: ``python -m tests.benchmarks.formats [--calls DIR]``.

The call is reviewed as one file a party, put together as a stereo WAV, and encoded. Targets against the WAV: FLAC
equal in everything but the file's own facts; the others' ratios within 2 points, speech within 5 %, the counts of
turn taking equal. ``--one-transcript`` gives all of them the words heard in the WAV, which leaves activity alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import soundfile

from coach.app.item import Request
from coach.app.review import open_pipeline, review_all
from tests.contract.decode_media import Int16, encode

CALLS = Path(__file__).parents[2].parent / "shared" / "data" / "calls"
REAL = "auto-repairs-40"
MADE = Path(__file__).parents[1] / "calls" / "high-bill" / "high-bill.wav"

POINTS = 2.0
"""Most by which a ratio may differ, in points."""
SPEECH = 0.05
"""Most by which a party's seconds of speech may differ, as a share."""

ENCODED: Mapping[str, tuple[str, str, str, int | None]] = {
    "FLAC": ("flac", "flac", "flac", None),
    "µ-law WAV": ("wav", "wav", "pcm_mulaw", None),
    "MP3 32 kb/s": ("mp3", "mp3", "libmp3lame", 32_000),
    "m4a 32 kb/s": ("m4a", "mp4", "aac", 32_000),
}
"""Suffix, container, codec and bit rate of each format."""

RATIOS = ("talk_ratio", "talk_share_agent", "talk_share_customer", "silence_ratio", "overlap_ratio")
COUNTS = (
    *("interruptions_by_agent", "interruptions_by_customer", "interruption_attempts_by_agent"),
    *("interruption_attempts_by_customer", "backchannels_by_agent"),
)
SECONDS = ("patience", "dead_air", "longest_silence", "longest_monologue", "longest_customer_story")
KINDS = ("interruption", "interruption_attempt", "backchannel", "cooperative", "came_in_early")

File = dict[str, Any]
"""A review file."""


class Reviewing(Protocol):
    """Reviews one recording, or one file a party, and returns the review file."""

    def __call__(self, request: Request) -> File: ...


@dataclass(frozen=True)
class Missed:
    """How far one format is from the WAV.

    Attributes:
        points: The ratio that differs most, and by how many points.
        speech: By what share each party's speech differs.
        counts: Counts of turn taking that differ, with both values.
    """

    points: tuple[str, float]
    speech: Mapping[str, float]
    counts: Mapping[str, tuple[Any, Any]]

    @property
    def within(self) -> bool:
        """Whether the targets are met."""
        near = all(abs(share) <= SPEECH for share in self.speech.values())
        return abs(self.points[1]) <= POINTS and near and not self.counts


def main() -> None:
    """Encode, review, compare and print."""
    options = _options()
    lanes, rate, parts = _call(options.calls, made=options.made)
    with tempfile.TemporaryDirectory() as name, product(options.transcriber) as review:
        folder = Path(name)
        wav = encode(folder / "call.wav", "wav", "pcm_s16le", lanes, rate=rate)
        reference = review(Request(recording=wav, agent_channel="left"))
        words = transcript_of(reference, folder / "words.json") if options.one_transcript else None
        if words is not None:
            reference = review(Request(recording=wav, agent_channel="left", transcript=words))
        print(_header(reference))
        if parts is not None:
            agent, customer = parts
            found = review(Request(agent=agent, customer=customer, transcript=words))
            print(_line("two files", reference, found))
        for title, path in encoded(folder, lanes, rate).items():
            found = review(Request(recording=path, agent_channel="left", transcript=words))
            print(_line(title, reference, found, exactly=title == "FLAC"))
            if options.where:
                for line in _moments(reference, found):
                    print(line)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One call in every format.")
    parser.add_argument("--calls", type=Path, default=CALLS, help="folder of real calls (default ../shared/data/calls)")
    parser.add_argument("--made", action="store_true", help="the made call instead of the real one")
    parser.add_argument("--one-transcript", action="store_true", help="the WAV's words for all: activity alone")
    parser.add_argument("--transcriber", help="recogniser, as coach review takes it")
    parser.add_argument("--where", action="store_true", help="list the moments of turn taking that differ")
    return parser.parse_args()


def _call(calls: Path, *, made: bool) -> tuple[list[Int16], int, tuple[Path, Path] | None]:
    """Return a call's lanes, agent first, and its files where it has one a party."""
    if made:
        samples, rate = soundfile.read(MADE, dtype="int16")
        return [samples[:, 0], samples[:, 1]], rate, None
    paths = calls / REAL / "agent.wav", calls / REAL / "caller.wav"
    if not all(path.is_file() for path in paths):
        raise SystemExit(f"{calls / REAL} is not on this machine: say where with --calls FOLDER, or take --made.")
    (agent, rate), (customer, _) = (soundfile.read(path, dtype="int16") for path in paths)
    length = min(len(agent), len(customer))
    return [agent[:length], customer[:length]], rate, paths


@contextmanager
def product(transcriber: str | None = None) -> Iterator[Reviewing]:
    """Review as ``coach review`` does, with one loading of its models."""
    with tempfile.TemporaryDirectory() as folder:
        flags = {"out": folder, "formats": ("json",)} | ({"transcriber": transcriber} if transcriber else {})
        pipeline = open_pipeline(flags)

        def review(request: Request) -> File:
            named = replace(request, name="call") if request.agent is not None else request
            (outcome,) = review_all([named], pipeline, force=True)
            if outcome.review is None:
                raise RuntimeError(f"{named.source.name}: {outcome.failure}")
            return dict(json.loads(outcome.output.path("json").read_text("utf-8")))

        yield review


def encoded(folder: Path, lanes: list[Int16], rate: int) -> dict[str, Path]:
    """Write a call in every format and return the files by title."""
    return {
        title: encode(folder / f"{codec}.{suffix}", container, codec, lanes, rate=rate, bit_rate=bits)
        for title, (suffix, container, codec, bits) in ENCODED.items()
    }


def transcript_of(review: File, path: Path) -> Path:
    """Write the words of a review as a transcript that can be given with another recording, and return its path."""
    segments = [
        {
            "start": turn["start"],
            "end": turn["end"],
            "speaker": turn["role"],
            "words": [
                {"word": w["text"], "start": w["start"], "end": w["end"], "score": w["confidence"]}
                for w in turn["words"]
            ],
        }
        for turn in review["turns"]
        if turn["words"]
    ]
    path.write_text(json.dumps({"segments": segments}), "utf-8")
    return path


def missed(reference: File, found: File) -> Missed:
    """Return how far a review is from the one of the WAV."""
    points = {name: 100 * ((_value(found, name) or 0.0) - (_value(reference, name) or 0.0)) for name in RATIOS}
    worst = max(points, key=lambda name: abs(points[name]))
    speech = {role: _speech(found, role) / _speech(reference, role) - 1 for role in ("agent", "customer")}
    pairs = {name: (_value(reference, name), _value(found, name)) for name in COUNTS}
    return Missed((worst, points[worst]), speech, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


def without_file_facts(review: File) -> File:
    """Return a review file without what is said of the file itself."""
    recording = {k: v for k, v in review["recording"].items() if k not in ("uri", "sha256")}
    return {**review, "recording": recording, "source": None}


def _value(review: File, name: str) -> float | None:
    value = review["measures"][name]["value"]
    return None if value is None else float(value)


def _speech(review: File, role: str) -> float:
    """Return a party's bridged speech, in seconds."""
    share = _value(review, f"talk_share_{role}") or 0.0
    return share * float(review["recording"]["duration"])


def _header(reference: File) -> str:
    counts = ", ".join(f"{_value(reference, name):.0f} {name}" for name in COUNTS if _value(reference, name))
    seconds = ", ".join(f"{name} {value:.2f} s" for name in SECONDS if (value := _value(reference, name)) is not None)
    agent, customer = _speech(reference, "agent"), _speech(reference, "customer")
    return (
        f"WAV: talk ratio {100 * (_value(reference, 'talk_ratio') or 0):.1f} %, agent {agent:.1f} s, "
        f"customer {customer:.1f} s of speech, {len(reference['turns'])} turns\n"
        f"  {counts or 'nothing of turn taking'}\n  {seconds}\n"
        f"targets: ratios within {POINTS:g} points, speech within {SPEECH:.0%}, counts equal; FLAC equal in everything"
    )


def _line(title: str, reference: File, found: File, *, exactly: bool = False) -> str:
    far = missed(reference, found)
    speech = ", ".join(f"{role} {share:+.1%}" for role, share in far.speech.items())
    counts = ", ".join(f"{name} {a:g} → {b:g}" for name, (a, b) in far.counts.items()) or "counts equal"
    patience = [_value(review, "patience") or 0.0 for review in (reference, found)]
    same = without_file_facts(found) == without_file_facts(reference)
    verdict = ("equal" if same else "NOT EQUAL") if exactly else "within" if far.within else "MISSED"
    return (
        f"{title:12} {verdict:9} {far.points[1]:+.2f} points ({far.points[0]}), speech {speech}, "
        f"patience {patience[1] - patience[0]:+.2f} s, {len(found['turns'])} turns, {counts}"
    )


def _moments(reference: File, found: File) -> Iterator[str]:
    """Yield the moments of turn taking that only one of two reviews has."""
    for mark, these, others in (("-", reference, found), ("+", found, reference)):
        for moment in these["moments"]:
            near = (
                o["kind"] == moment["kind"] and o["role"] == moment["role"] and abs(o["start"] - moment["start"]) < 0.5
                for o in others["moments"]
            )
            if moment["kind"] in KINDS and not any(near):
                shown = f"{moment['start']:.2f} s {moment['kind']} by {moment['role']}, {moment['confidence']:.2f}"
                yield f"    {mark} {shown}, overlap {moment['evidence']['overlap']:.2f} s"


if __name__ == "__main__":
    main()

"""What is left of a card's number when it was spoken, heard by the bundled recogniser, and written to a folder.

    python tests/benchmarks/masking_heard.py [--calls N] [--keep FOLDER] [--inside]

The calls in ``tests/calls/cards`` are made by two kinds of synthetic voices over an 8 kHz line: 32 cards in one breath,
in turns, read back, with corrections and asides. Each is reviewed whole, with every format. Then
- every file of the output folder is searched for 5 and more of the card's digits in a row, as digits and as words,
  in either party's words, with the times, hashes and the sound's own letters left out;
- the MP3 that was written is decoded, and the share of the private words' time is taken in which it is not silent;
- so is the time of all other words that became silent with them. The calls are hardly more than a payment, so
  ``--inside`` puts each into the middle of the call that comes with the product, and counts that call's words.

Synthetic voices are clearer than people and their digits worse than people's; the figures are of these calls alone.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile as sf
from numpy.typing import NDArray

CALLS = Path(__file__).resolve().parents[1] / "calls" / "cards"
DEMO = CALLS.parent / "high-bill"
ITS_OWN_CARD = 94.0
"""Seconds after which that call has a card of its own."""

PLACE = 2 / 3
"""Share of that call after which the other is put in."""

RUN = 5
"""Digits of a card in a row that must not be left."""

AUDIBLE = -50.0
"""Level above which 20 ms of the written sound are not silent, in dB below full scale; the line's noise is at -58."""

NOISE = -58.0
"""Level of the line's noise."""

_DIGITS = {
    word: str(digit)
    for digit, words in enumerate(
        "zero oh o nought,one won,two to too,three,four for,five,six,seven,eight ate,nine".split(",")
    )
    for word in words.split()
}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_REPEATS = {"double": 2, "triple": 3, "quadruple": 4}
_NOISE = re.compile(rb'data:[^"\']*|[0-9a-f]{12,}|\d+\.\d+|\d\d:\d\d:\d\d')


def digits_of(words: list[str]) -> str:
    """Return the digits that words say, one by one; other words are a space.

    >>> digits_of("it is forty one double two 7 okay".split())
    ' 41227 '
    """
    said: list[str] = []
    times = 1
    for word in words:
        bare = re.sub(r"[^\w]", "", word.lower())
        if bare in _REPEATS:
            times = _REPEATS[bare]
            continue
        if bare.isdigit():
            found = bare
        elif bare in _DIGITS:
            ten = said[-1] if said else ""
            if times == 1 and len(ten) == 2 and ten[1] == "0" and ten[0] > "1" and bare not in ("oh", "zero"):
                said[-1] = ten[0] + _DIGITS[bare]
                continue
            found = _DIGITS[bare]
        elif bare in _TEENS:
            found = str(_TEENS.index(bare) + 10)
        elif bare in _TENS:
            found = f"{_TENS.index(bare) + 2}0"
        else:
            found = " " if not said or said[-1] != " " else ""
        said.append(found * times)
        times = 1
    return "".join(said)


def cards(truth: dict[str, Any]) -> list[str]:
    """Return the runs of private digits as they were said, of five digits and more."""
    words = [w["word"] if w.get("private") else "/" for w in truth["said"]]
    runs = re.findall(r"\d+", digits_of(words))
    whole = "".join(runs)
    return [whole, *runs]


def left_in(folder: Path, card: list[str]) -> Iterator[str]:
    """Yield where five digits of a card stand in a row in any file."""
    windows = {run[k : k + RUN] for run in card for k in range(len(run) - RUN + 1)}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".mp3":
            continue
        data = re.sub(rb"<style>.*?</style>", b" ", data, flags=re.DOTALL)  # lengths and curves are nobody's digits
        text = _NOISE.sub(b" ", data).decode("utf-8", errors="replace")
        for found in re.findall(r"\d[\d .-]{3,}\d", text):
            digits = re.sub(r"\D", "", found)
            yield from (f"{path.name}: figures" for w in windows if w in digits)
        said = digits_of(re.sub(r"<[^>]+>", " ", text).split())
        yield from (f"{path.name}: words" for run in said.split() for w in windows if len(run) >= RUN and w in run)


def audible(mp3: Path, words: list[dict[str, Any]]) -> tuple[float, float]:
    """Return the seconds of words in which the written sound is not silent, and all seconds of them."""
    samples, rate = _decoded(mp3)
    frame = rate // 50
    heard = total = 0.0
    for word in words:
        a, b = round(word["start"] * rate), round(word["end"] * rate)
        for at in range(a, max(b - frame, a + 1), frame):
            part = samples[:, at : at + frame]
            level = 10 * np.log10(max(float(np.max(np.mean(part**2, axis=1))), 1e-12)) if part.size else -120.0
            heard += 0.02 * (level > AUDIBLE)
            total += 0.02
    return heard, total


def _decoded(mp3: Path) -> tuple[NDArray[np.float64], int]:
    with av.open(str(mp3)) as container:
        stream = container.streams.audio[0]
        blocks = [frame.to_ndarray() for frame in container.decode(stream)]
        return np.concatenate(blocks, axis=1).astype(np.float64), stream.rate


def recorded(name: str, folder: Path) -> Path:
    """Write one call as a phone system would, both parties with the line's noise, and return its path."""
    rng = np.random.default_rng(int(name[-2:]))
    lanes = [sf.read(CALLS / f"{name}-{side}.opus", dtype="float64") for side in ("agent", "customer")]
    rate = lanes[0][1]
    size = min(len(lane) for lane, _ in lanes)
    stereo = [lane[:size] + rng.standard_normal(size) * 10 ** (NOISE / 20) for lane, _ in lanes]
    path = folder / f"{name}.wav"
    sf.write(path, np.stack(stereo, axis=1), rate, subtype="ULAW")
    return path


def put_inside(path: Path, truth: dict[str, Any]) -> None:
    """Put a call into the middle of the product's own, in its file and its truth."""
    payment, rate = sf.read(path)
    around, own = sf.read(DEMO / "high-bill.wav")
    around = around[: round(ITS_OWN_CARD * own)]
    if own != rate:
        raise SystemExit(f"expected {own} Hz, got {rate}")
    spoken = json.loads((DEMO / "truth.json").read_text())["utterances"]
    spoken = [u for u in spoken if u["end"] < ITS_OWN_CARD]
    middle = len(around) / rate * PLACE
    at = max(u["end"] for u in spoken if u["end"] < middle) + 0.2
    length = len(payment) / rate
    sf.write(path, np.concatenate((around[: round(at * rate)], payment, around[round(at * rate) :])), rate)
    for word in truth["said"]:
        word["start"], word["end"] = word["start"] + at, word["end"] + at
    for _, start, end in (word for u in spoken for word in u["words"]):
        later = length if start >= at else 0.0
        truth["said"].append({"word": "-", "start": start + later, "end": end + later, "around": True})


def main() -> None:
    """Review each call and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--inside", action="store_true")
    options = parser.parse_args()
    truths = json.loads((CALLS / "truth.json").read_text())[: options.calls]
    with tempfile.TemporaryDirectory() as scratch:
        out = options.keep or Path(scratch, "out")
        paths = [recorded(truth["recording"], Path(scratch)) for truth in truths]
        if options.inside:
            for path, truth in zip(paths, truths, strict=True):
                put_inside(path, truth)
        formats = ["--format", "html,json,md,csv,vtt", "--agent-channel", "left"]
        command = [sys.executable, "-m", "coach", "review", *map(str, paths), *formats, "--out", str(out), "--quiet"]
        subprocess.run(command, check=False, env={**_environment(), "COACH_EMBED_MINUTES": "0.01"})
        _told(out, truths)


def _told(out: Path, truths: list[dict[str, Any]]) -> None:
    """Print what is left of each call, and of all."""
    clean, private, others = 0, np.zeros(2), np.zeros(2)
    for truth in truths:
        stem = truth["recording"]
        folder = out / "each" / stem
        folder.mkdir(parents=True, exist_ok=True)
        for path in out.glob(f"{stem}.*"):
            path.rename(folder / path.name)
        left = sorted(set(left_in(folder, cards(truth))))
        mp3, review = folder / f"{stem}.mp3", folder / f"{stem}.json"
        if not mp3.exists() or not review.exists():
            print(f"{stem}: not reviewed")
            continue
        clean += not left
        own = np.array(audible(mp3, [word for word in truth["said"] if word.get("private")]))
        around = any(word.get("around") for word in truth["said"])
        rest = [word for word in truth["said"] if (word.get("around") if around else not word.get("private"))]
        other = np.array(audible(mp3, rest))
        private, others = private + own, others + other
        counts = json.loads(review.read_text())["masked"]
        print(
            f"{stem}: {left or 'clean'}, {own[0]:.1f} of {own[1]:.1f} s audible, masked {counts}, "
            f"{other[1] - other[0]:.1f} s of other words silent"
        )
    print(f"\n{clean} of {len(truths)} calls without 5 digits in a row of the card")
    print(f"audible of the private words: {private[0] / private[1]:.1%}")
    print(
        f"silent of other words: {1 - others[0] / others[1]:.1%}, {(others[1] - others[0]) / len(truths):.1f} s a call"
    )


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415

    return dict(os.environ)


if __name__ == "__main__":
    main()

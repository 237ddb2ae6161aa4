"""How large a report's page is, how long it takes to make, and how soon it opens.

    python -m tests.benchmarks.page [--minutes 10] [--hours 2] [--runs 5] [--json OUT]

The calls are made of our own labelled clauses, as in ``analysis_speed``, and are analysed, counted and coached as any
other. Ten minutes have their sound in the page, encoded as the product encodes two lanes; it is noise, and its bit rate
is constant, so that what is said does not change the size. Two hours have sound beside the page, and open from the disk
in Debian's chromium: until the page can be used, until it is drawn, until its middle and its end have been scrolled to.
Without a browser that part is left out and says so. Returns 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np

from coach.analysis.analyse import analyse, prepare
from coach.coaching.advice import advise
from coach.coaching.rubric import load_rubric
from coach.coaching.skills import skills
from coach.conversation import Review
from coach.reporting.html import ReportSound, render_html
from coach.speech.encoding import encode_mp3, peaks
from coach.speech.samples import RATE, InMemory
from tests.benchmarks.analysis_speed import call

SAMPLES: Final = Path(__file__).parents[1] / "unit" / "reporting" / "samples.py"
BUCKETS: Final = 1200  # of a lane's outline, as a review draws it

MOST_MB, MOST_RENDERING_S, MOST_OPENING_S = 4.0, 0.5, 2.0
"""What ten minutes may weigh and take to make, and what two hours may take to open."""

DRAWN: Final = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
SCROLL: Final = "share => scrollTo(0, share * document.documentElement.scrollHeight)"


def made(minutes: float) -> Review:
    """Return the review of a made call of some minutes."""
    conversation, rubric = call(minutes, 0), load_rubric()
    found = analyse(conversation)
    counted = skills(conversation, found, rubric)
    sample: Review = _samples().review()
    return replace(
        sample,
        recording=replace(sample.recording, duration=conversation.duration),
        conversation=conversation,
        findings=found,
        skills=counted,
        coaching=advise(conversation, found, counted, rubric),
    )


@cache
def _samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("page_samples", SAMPLES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def sound(review: Review) -> tuple[bytes, ReportSound]:
    """Return two lanes of noise as MP3, and the same for inside the page."""
    seconds = review.conversation.duration
    noise = np.random.default_rng(0)
    lanes = [InMemory((noise.standard_normal(int(seconds * RATE)) * 900).astype(np.int16)) for _ in range(2)]
    sink = io.BytesIO()
    encode_mp3(lanes, sink)
    return sink.getvalue(), ReportSound(mp3=sink.getvalue(), peaks=peaks(lanes, BUCKETS), duration=seconds)


def rendering(review: Review, heard: ReportSound, runs: int) -> tuple[str, float, float]:
    """Return the page, and the middle one of the processor's seconds and of the clock's that its rendering took.

    The clock counts what else the computer does; the limit is for the processor.
    """
    busy, passed = [], []
    for _ in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        page = render_html(review, heard)
        busy.append(time.process_time() - processor)
        passed.append(time.perf_counter() - clock)
    return page, statistics.median(busy), statistics.median(passed)


def chromium() -> str | None:
    """Return where a browser that Playwright can drive is, ``None`` without one."""
    names = (os.environ.get("COACH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    return found if importlib.util.find_spec("playwright") is not None else None


def opening(page: str, mp3: bytes, program: str, runs: int) -> dict[str, float]:
    """Return the seconds, the middle ones of several openings, each in a browser without anything of the one before.

    Args:
        page: HTML whose sound lies beside it.
        mp3: That sound.
        program: The browser.
        runs: Openings.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (may be absent)

    found: dict[str, list[float]] = {"usable": [], "drawn": [], "middle": [], "end": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "call.html"
        file.write_text(page, "utf-8")
        file.with_suffix(".mp3").write_bytes(mp3)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--mute-audio"])
        for _ in range(runs):
            with browser.new_context(viewport={"width": 1100, "height": 800}) as context:
                tab = context.new_page()
                tab.goto(file.as_uri())
                timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
                found["usable"].append(tab.evaluate(timing) / 1000)
                found["drawn"].append(tab.evaluate(DRAWN) / 1000)
                for name, share in (("middle", 0.5), ("end", 1.0)):
                    began = time.perf_counter()
                    tab.evaluate(SCROLL, share)
                    tab.evaluate(DRAWN)
                    found[name].append(time.perf_counter() - began)
        browser.close()
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> int:
    """Measure and print; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare()

    short = made(options.minutes)
    mp3, inside = sound(short)
    page, busy, clock = rendering(short, inside, options.runs)
    size = len(page.encode()) / 1e6
    print(f"{options.minutes:g} minutes: {_content(short)}")
    print(f"  size        {size:6.2f} MB, {len(mp3) / 1e6:.2f} MB of it the sound as a file (limit {MOST_MB:g} MB)")
    print(f"  rendering   {busy:6.3f} s of the processor, {clock:.3f} s by the clock (limit {MOST_RENDERING_S:g} s)")
    result: dict[str, object] = {"size_mb": size, "rendering_s": busy, "rendering_clock_s": clock}
    passed = size > MOST_MB or busy > MOST_RENDERING_S

    long = made(options.hours * 60)
    beside = ReportSound(src="call.mp3", peaks=inside.peaks, duration=long.conversation.duration)
    page, busy, clock = rendering(long, beside, 1)
    print(f"{options.hours:g} hours: {_content(long)}")
    print(f"  size        {len(page.encode()) / 1e6:6.2f} MB without its sound")
    print(f"  rendering   {busy:6.3f} s of the processor, {clock:.3f} s by the clock")
    program = chromium()
    if program is None:
        print("  opening     left out: no chromium, or no Playwright")
    else:
        times = opening(page, mp3, program, options.runs)
        usable, drawn = times["usable"], times["drawn"]
        print(f"  opening     {usable:6.2f} s to be used, {drawn:.2f} s to be drawn (limit {MOST_OPENING_S:g} s)")
        print(f"  scrolling   {times['middle']:6.2f} s to the middle, {times['end']:.2f} s on to the end")
        result |= {"opening": times}
        passed = passed or drawn > MOST_OPENING_S
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return int(passed)


def _content(review: Review) -> str:
    call_, found = review.conversation, review.findings.moments
    words = sum(len(party.words) for party in call_.parties)
    return f"{words} words, {len(call_.turns)} turns, {len(found)} moments"


if __name__ == "__main__":
    sys.exit(main())

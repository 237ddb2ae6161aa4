"""Chromium, the made review's page with sound in it or beside it, and an ear for anything that goes wrong in it."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import av
import numpy as np
import pytest

from coach.conversation import Review
from coach.reporting.html import ReportSound, render_html

SAMPLES = Path(__file__).parents[1] / "unit" / "reporting" / "samples.py"
ENABLE = "install Debian's chromium and Playwright, or run .ci/run"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
         "--autoplay-policy=no-user-gesture-required", "--mute-audio"]  # fmt: skip


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("browser_samples", SAMPLES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def program() -> str:
    """Return where Chromium is, or skip with what enables it."""
    names = (os.environ.get("COACH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None or importlib.util.find_spec("playwright") is None:
        pytest.skip(f"no chromium, or no Playwright: {ENABLE}")
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Return what starts browsers."""
    program()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (may be absent)

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Iterator[Any]:  # noqa: ANN401  (Playwright may be absent)
    """Return a browser."""
    browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def spoken_tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sound that the made microphone hears: a tone of 440 Hz."""
    rate, path = 48_000, tmp_path_factory.mktemp("microphone") / "tone.wav"
    samples = (np.sin(np.arange(rate * 30) * 2 * np.pi * 440 / rate) * 12_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture(scope="session")
def listening(playwright: Any, spoken_tone: Path) -> Iterator[Any]:  # noqa: ANN401
    """Return a browser with a made microphone, which every page may use."""
    made = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    made.append(f"--use-file-for-fake-audio-capture={spoken_tone}")
    browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET, *made])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def refusing(playwright: Any) -> Iterator[Any]:  # noqa: ANN401
    """Return a browser with a made microphone, which no page may use."""
    browser = playwright.chromium.launch(
        executable_path=program(), args=[*QUIET, "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def mp3() -> bytes:
    """Return two minutes of a quiet tone as MP3."""
    rate, seconds = 16_000, 121.5
    tone = (np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 220 / rate) * 2000).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono")
        stream.bit_rate = 32_000
        for at in range(0, len(tone), rate):
            frame = av.AudioFrame.from_ndarray(tone[None, at : at + rate], format="s16", layout="mono")
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


@dataclass
class Opened:
    """A page in the browser, and what it complained of or asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def until(self, condition: str) -> None:
        """Wait until an expression is true; Playwright's own waiting needs ``eval``, which the page forbids."""
        for _ in range(100):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never came true: {condition}")

    @property
    def time(self) -> float:
        return float(self.page.evaluate("document.querySelector('audio').currentTime"))

    @property
    def violations(self) -> list[str]:
        return list(self.page.evaluate("window.violations"))


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    mp3: bytes,
) -> Iterator[Callable[..., Opened]]:
    """Return a function that renders a review, opens its page from the disk and listens."""
    contexts = []

    def open_it(
        review: Review,
        *,
        beside: bool = False,
        silent: bool = False,
        microphone: Literal["made", "refused"] | None = None,
        **options: object,
    ) -> Opened:
        browser = request.getfixturevalue({"made": "listening", "refused": "refusing", None: "chromium"}[microphone])
        sound = ReportSound(mp3=mp3, duration=121.5)
        if beside:
            (tmp_path / "the call #1.mp3").write_bytes(mp3)
            sound = ReportSound(src="the call #1.mp3", duration=121.5)
        file = tmp_path / "call.html"
        file.write_bytes(render_html(review, None if silent else sound).encode())
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 800}, **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
        )
        opened.page.on("console", lambda message: opened.complaints.append(f"{message.type}: {message.text}"))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.goto(file.as_uri())
        if not silent:
            opened.until("document.querySelector('audio').readyState >= 1")
        return opened

    yield open_it
    for context in contexts:
        context.close()

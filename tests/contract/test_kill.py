"""Killed at any point, nothing unmasked is left on the disk, and the next run does the whole work."""

from __future__ import annotations

import json
import multiprocessing
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path

import dying
import pytest
import soundfile

from coach.app.pipeline import NEEDS
from coach.resources import resource

DEMO = resource("demo", "high-bill.wav")
TRUTH = json.loads(DEMO.with_name("truth.json").read_text(encoding="utf-8"))

FROM, TO = 94.0, 112.0
"""The part of the demo call in which the card is read out, in seconds."""


@pytest.fixture
def call(tmp_path: Path) -> tuple[Path, Path]:
    """A recording with a card number, and its words as a transcript: recognising is not what is tested here."""
    segments = [
        {
            "start": said["start"] - FROM,
            "end": said["end"] - FROM,
            "speaker": said["role"],
            "words": [
                {"word": word, "start": start - FROM, "end": end - FROM, "score": 0.9}
                for word, start, end in said["words"]
            ],
        }
        for said in TRUTH["utterances"]
        if said["start"] > FROM and said["end"] < TO
    ]
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "words.json").write_text(json.dumps({"segments": segments}), encoding="utf-8")
    samples, rate = soundfile.read(DEMO)
    soundfile.write(folder / "call.wav", samples[int(FROM * rate) : int(TO * rate)], rate)
    return folder / "call.wav", folder / "words.json"


def environment(tmp_path: Path) -> dict[str, str]:
    folders = {
        name: str(tmp_path / "user" / name) for name in ("TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    for folder in folders.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    return folders


@pytest.fixture(scope="module")
def server() -> ForkServerContext:
    """A server of processes that have everything imported; none of them has threads when it is made."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(dying.PRELOAD)
    return context


class Runs:
    """Runs the command line on the call, and returns how its process ended."""

    def __init__(self, server: ForkServerContext, tmp_path: Path, call: tuple[Path, Path]) -> None:
        self._server = server
        self._tmp_path = tmp_path
        self._call = call

    def __call__(self, when: str, where: str, *more: str) -> int:
        recording, words = map(str, self._call)
        arguments = ["review", recording, "--transcript", words, "--out", str(self._tmp_path / "out"), "--force", *more]
        arguments += ["--format", "html,json,md,csv,vtt"]
        process = self._server.Process(
            target=dying.review, args=(arguments, environment(self._tmp_path), when, where), daemon=True
        )
        process.start()
        process.join(120)
        code = process.exitcode
        process.close()
        assert isinstance(code, int)
        return code


@pytest.fixture
def run(server: ForkServerContext, tmp_path: Path, call: tuple[Path, Path]) -> Runs:
    return Runs(server, tmp_path, call)


def left_behind(tmp_path: Path) -> dict[str, bytes]:
    """Return every file that is on the disk but for what was given."""
    return {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for folder in ("out", "user")
        for path in (tmp_path / folder).rglob("*")
        if path.is_file()
    }


def unmasked(files: dict[str, bytes]) -> list[str]:
    """Return the files that hold the card's digits, or sound of any kind that is not the finished report's."""
    digits = (b"4111", b"one one one", b"One one one")
    held = [name for name, content in files.items() if any(d in content for d in digits)]
    return held + [name for name in files if name.endswith((".wav", ".pcm", ".raw"))]


DEATHS = [
    *[("1.0", stage) for stage in NEEDS],
    *[("write", str(number)) for number in range(1, 6)],
]


@pytest.mark.parametrize(("when", "stage"), DEATHS, ids=[f"{stage}-{when}" for when, stage in DEATHS])
def test_a_kill_leaves_nothing_unmasked_and_loses_nothing_else(
    tmp_path: Path, run: Runs, when: str, stage: str
) -> None:
    assert run(when, stage) == -signal.SIGKILL
    assert unmasked(left_behind(tmp_path)) == []

    assert run("2.0", "never") == 0
    after = left_behind(tmp_path)
    assert unmasked(after) == []
    assert {Path(name).suffix for name in after if name.startswith("out")} >= {".html", ".json", ".md", ".csv", ".vtt"}
    review = json.loads(after["out/call.json"])
    assert review["masked"]["card"] == 1


@pytest.mark.parametrize("number", [6, 7, 8], ids=["before the note", "before the recording", "after the recording"])
def test_a_kill_leaves_the_recording_as_it_was_or_whole_and_silent(
    tmp_path: Path, run: Runs, call: tuple[Path, Path], number: int
) -> None:
    recording, _ = call
    before = recording.read_bytes()

    assert run("write", str(number), "--redact-original") == -signal.SIGKILL

    assert unmasked(left_behind(tmp_path)) == []
    assert (recording.read_bytes() == before) == (number < 8)
    assert len(soundfile.read(recording)[0]) == len(soundfile.read(DEMO)[0][int(FROM * 8000) : int(TO * 8000)])
    unfinished = [path for path in recording.parent.iterdir() if path.suffix == ".part"]
    assert all(quiet_where_the_card_was(path, call) for path in unfinished)

    assert run("2.0", "never", "--redact-original") == 0
    assert quiet_where_the_card_was(recording, call)


def quiet_where_the_card_was(recording: Path, call: tuple[Path, Path]) -> bool:
    """Whether nothing is heard while the digits of the card are said, by the made call's own truth."""
    words = [word for said in json.loads(call[1].read_text())["segments"] for word in said["words"]]
    digits = [word for word in words if word["word"].lower().strip(".,") in ("one", "four")]
    samples, rate = soundfile.read(recording)
    return not any(samples[int(w["start"] * rate) : int(w["end"] * rate)].any() for w in digits)


def test_the_check_itself_finds_what_is_unmasked() -> None:
    assert unmasked({"a": b"4111", "b": b"fine", "c.wav": b""}) == ["a", "c.wav"]

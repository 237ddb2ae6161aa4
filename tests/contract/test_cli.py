"""The command line as a person or a script meets it: files, exit codes, stdout and stderr."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach.resources import resource

DEMO = resource("demo", "high-bill.wav")
RATE = 8000

TALK = [
    ("agent", 0.5, 3.5, "Thank you for calling Northside Water my name is Ann how can I help you"),
    (
        "customer",
        4.0,
        9.0,
        "my bill went up to two hundred dollars and I was away the whole month so it cannot be right",
    ),
    ("agent", 9.4, 12.0, "Can I have your account number please so that I can pull up your account"),
    ("customer", 12.4, 14.0, "it is seven seven one two"),
    ("customer", 14.2, 19.0, "and my card number is four one one one one one one one one one one one one one one one"),
    ("agent", 19.4, 21.0, "thank you I will send a technician to read the meter again by Friday"),
]


def coach(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the shell would."""
    return subprocess.run(
        [sys.executable, "-m", "coach", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
        timeout=300,
    )


def tone(seconds: float, speaks: list[tuple[float, float]]) -> np.ndarray:
    """Return noise bursts at 8 kHz where somebody would speak: enough for what needs no words."""
    samples = np.zeros(int(seconds * RATE))
    random = np.random.default_rng(1)
    for start, end in speaks:
        samples[int(start * RATE) : int(end * RATE)] = random.normal(0, 0.1, int(end * RATE) - int(start * RATE))
    return samples


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    segments = []
    for role, start, end, text in TALK:
        spoken = text.split()
        step = (end - start) / len(spoken)
        words = [
            {"word": w, "start": start + i * step, "end": start + (i + 1) * step, "score": 0.9, "speaker": role}
            for i, w in enumerate(spoken)
        ]
        segments.append({"start": start, "end": end, "text": text, "speaker": role, "words": words})
    path = tmp_path / "talk.json"
    path.write_text(json.dumps({"segments": segments, "language": "en"}), encoding="utf-8")
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A two-channel recording, agent right, whose sound follows the transcript."""
    lanes = [tone(22.0, [(s, e) for r, s, e, _ in TALK if r == role]) for role in ("customer", "agent")]
    path = tmp_path / "talk.wav"
    soundfile.write(path, np.stack(lanes, axis=1), RATE)
    return path


def load(path: Path) -> Mapping[str, object]:
    review: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return review


def test_a_transcript_alone_is_reviewed(tmp_path: Path, transcript: Path) -> None:
    ran = coach("review", "--transcript", transcript, "--format", "html,json,md,csv,vtt", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    out = tmp_path / "coaching"
    assert sorted(path.name for path in out.iterdir()) == [f"talk.{s}" for s in ("csv", "html", "json", "md", "vtt")]
    review = load(out / "talk.json")
    assert review["schema"] == "coach.review/1"
    assert review["separation"] == "transcript"
    recorded = review["recording"]
    assert isinstance(recorded, dict)
    assert recorded["uri"] is None
    assert recorded["sha256"] is None
    assert str(out / "talk.html") in ran.stdout or "coaching/talk.html" in ran.stdout
    assert all(len(line) <= 80 or "/" in line for line in ran.stdout.splitlines())


def test_nothing_unmasked_is_in_any_file_or_line(tmp_path: Path, transcript: Path) -> None:
    ran = coach("review", "--transcript", transcript, "--format", "html,json,md,csv,vtt", cwd=tmp_path)

    for path in (tmp_path / "coaching").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "one one one" not in text, path.name
    assert "one one one" not in ran.stdout + ran.stderr
    review = load(tmp_path / "coaching" / "talk.json")
    assert review["masked"] == {"card": 1}
    assert "[card]" in json.dumps(review["turns"])


def test_files_are_the_users_own(tmp_path: Path, transcript: Path) -> None:
    coach("review", "--transcript", transcript, cwd=tmp_path)

    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "coaching").iterdir()} == {"0o600"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["review"], 2, "Name at least one recording"),
        (["review", "missing.wav"], 4, "missing.wav"),
        (["review", "--agent", "a.wav"], 2, "needs both"),
        (["review", "x.wav", "--format", "pdf"], 2, "there is no format"),
        (["review", "x.wav", "--agent-speaker", "3"], 2, "1 or 2"),
        (["review", "x.wav", "--transcriber", "no-such-engine"], 2, "no-such-engine"),
        (["review", "x.wav", "--recipe", "sollo"], 5, 'did you mean "solo"'),
        (["review", "--swap"], 2, "no last review"),
        (["review", "text.wav"], 3, "text.wav"),
        (["models", "pull", "no-such-model"], 2, "no-such-model"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_bad_input_gets_a_sentence_and_a_code(tmp_path: Path, arguments: list[str], code: int, sentence: str) -> None:
    (tmp_path / "text.wav").write_text("this is no sound", encoding="utf-8")

    ran = coach(*arguments, cwd=tmp_path)

    assert ran.returncode == code, ran.stderr
    assert sentence in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_one_bad_call_loses_none_of_the_others(tmp_path: Path, recording: Path) -> None:
    (tmp_path / "bad.wav").write_text("no sound", encoding="utf-8")

    ran = coach("review", "bad.wav", "missing.wav", recording, "--json", cwd=tmp_path)

    assert ran.returncode == 3
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(line["call"], line["status"]) for line in told] == [
        ("bad.wav", "failed"),
        ("missing.wav", "failed"),
        ("talk.wav", "reviewed"),
    ]
    assert (tmp_path / "coaching" / "talk.html").is_file()


def test_a_recording_takes_its_times_from_the_sound_and_its_words_from_a_transcript(tmp_path: Path) -> None:
    truth = json.loads(DEMO.with_name("truth.json").read_text(encoding="utf-8"))
    segments = [
        {
            "start": said["start"],
            "end": said["end"],
            "speaker": {"agent": "SPEAKER_01", "customer": "SPEAKER_00"}[said["role"]],
            "words": [{"word": w, "start": start, "end": end, "score": 0.9} for w, start, end in said["words"]],
        }
        for said in truth["utterances"]
    ]
    (tmp_path / "given.json").write_text(json.dumps({"segments": segments}), encoding="utf-8")

    ran = coach("review", DEMO, "--transcript", "given.json", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "high-bill.json")
    assert review["separation"] == "channels"
    assert review["roles"]["agent"] == "left"  # type: ignore[index]
    said = " ".join(t["text"] for t in review["turns"] if t["role"] == "agent")  # type: ignore[attr-defined]
    assert "How can I help you today?" in said
    speech = review["measures"]["talk_ratio"]["numerator"]  # type: ignore[index]
    assert speech == pytest.approx(sum(end - start for start, end in truth["speech"]["agent"]), rel=0.03)


def test_swap_exchanges_the_parties_of_the_last_review(tmp_path: Path, transcript: Path) -> None:
    coach("review", "--transcript", transcript, cwd=tmp_path)
    before = load(tmp_path / "coaching" / "talk.json")

    ran = coach("review", "--swap", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    after = load(tmp_path / "coaching" / "talk.json")
    other = {"agent": "customer", "customer": "agent"}
    assert [t["role"] for t in after["turns"]] == [other[t["role"]] for t in before["turns"]]  # type: ignore[attr-defined]
    assert [t["start"] for t in after["turns"]] == [t["start"] for t in before["turns"]]  # type: ignore[attr-defined]


def test_config_show_tells_where_each_value_comes_from(tmp_path: Path) -> None:
    (tmp_path / "coach.toml").write_text('out = "reports"', encoding="utf-8")

    ran = coach("config", "show", cwd=tmp_path, COACH_DEVICE="cpu")

    lines = [line.split() for line in ran.stdout.splitlines()]
    assert ["out", "reports", "coach.toml"] in lines
    assert ["device", "cpu", "COACH_DEVICE"] in lines


@pytest.mark.engine
def test_the_demo_is_reviewed_by_the_bundled_engine(tmp_path: Path) -> None:
    ran = coach("demo", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "high-bill.json")
    assert review["separation"] == "channels"
    assert "data:audio/mpeg;base64," in (tmp_path / "coaching" / "high-bill.html").read_text(encoding="utf-8")
    assert "high-bill.html" in ran.stdout


@pytest.mark.engine
def test_a_call_that_was_reviewed_is_not_reviewed_again_unless_told(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "short.wav", samples[: 20 * rate], rate)
    coach("review", "short.wav", cwd=tmp_path)
    first = (tmp_path / "coaching" / "short.json").read_bytes()

    again = coach("review", "short.wav", "--json", cwd=tmp_path)
    forced = coach("review", "short.wav", "--json", "--force", cwd=tmp_path)

    assert json.loads(again.stdout)["status"] == "unchanged"
    assert again.returncode == 0
    assert json.loads(forced.stdout)["status"] == "reviewed"
    assert (tmp_path / "coaching" / "short.json").read_bytes() == first  # and the same words come out again


def test_mono_gets_a_clear_sentence_its_transcript_and_nulls(tmp_path: Path, transcript: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "mono.wav", samples[: 15 * rate].mean(axis=1), rate)

    ran = coach("review", "mono.wav", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert review["separation"] == "none"
    assert any("one channel" in warning for warning in review["warnings"])  # type: ignore[attr-defined]
    assert {turn["role"] for turn in review["turns"]} == {"unknown"}  # type: ignore[attr-defined]
    measures = review["measures"]
    assert isinstance(measures, dict)
    assert measures["talk_ratio"]["value"] is None
    assert measures["talk_ratio"]["why"]
    assert measures["interruptions_by_agent"]["value"] is None
    assert review["coaching"]["try"] is None  # type: ignore[index]


def test_identical_channels_are_treated_as_mono(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    mixed = samples[: 15 * rate].mean(axis=1)
    soundfile.write(tmp_path / "fake.wav", np.stack([mixed, mixed], axis=1), rate)

    ran = coach("review", "fake.wav", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "fake.json")
    assert review["separation"] == "none"
    assert any("same sound" in warning for warning in review["warnings"])  # type: ignore[attr-defined]


def test_a_report_folder_that_cannot_be_written_is_said_to_be(tmp_path: Path, transcript: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")

    ran = coach("review", "--transcript", transcript, "--out", tmp_path / "taken", cwd=tmp_path)

    assert ran.returncode == 74
    assert "taken" in ran.stderr


def test_a_copy_of_a_call_in_another_folder_keeps_both_reports(
    tmp_path: Path, recording: Path, transcript: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(recording, other / "talk.wav")
    samples, rate = soundfile.read(recording)
    soundfile.write(recording, samples[: 18 * rate], rate)

    ran = coach("review", recording, other / "talk.wav", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert len(list((tmp_path / "coaching").glob("talk-*.html"))) == 2

"""Where the words do not tell who is the agent: asked at a terminal, never elsewhere; left open without an answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command import coach, load, who
from terminal import CONTROL_C, Sat, at_terminal

SAID = [
    ("S1", "hello there it is the fourteenth today and the number is four one one one one one one one one one one one"),
    ("S2", "hello \x1b[31myes so it is the fourteenth"),
    ("S1", "well then"),
    ("S2", "well then indeed"),
]


@pytest.fixture
def unclear(tmp_path: Path) -> Path:
    """A transcript of two speakers by whose words nobody could tell who is the agent."""
    segments, at = [], 0.5
    for speaker, text in SAID:
        words = []
        for word in text.split():
            words.append({"word": word, "start": at, "end": at + 0.25, "score": 0.9})
            at += 0.3
        segments.append({"speaker": speaker, "words": words})
        at += 0.5
    path = tmp_path / "unclear.json"
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    return path


def asked(*arguments: object, cwd: Path, answers: list[str], out_too: bool = False) -> Sat:
    """Run the command with a terminal for stdin and stderr, answering the question who is the agent."""
    return at_terminal(*arguments, cwd=cwd, answers=answers, prompt=b"not sure: ", columns=100, out_too=out_too)


def test_at_a_terminal_it_asks_and_takes_the_answer(tmp_path: Path, unclear: Path) -> None:
    ran = asked("review", "--transcript", unclear, cwd=tmp_path, answers=["7\n", "2\n"])

    assert ran.returncode == 0, ran.screen
    assert ran.screen.count("Which of these is you? 1 / 2 / not sure:") == 2  # 7 is nobody
    assert re.search(r"2  “hello \S*yes so it is the fourteenth well then indeed” \(0:0\d\)", ran.screen)
    assert "\x1b[31m" not in ran.screen  # no escape of the call's reaches the terminal
    assert "Which of these" not in ran.stdout
    review = load(tmp_path / "coaching" / "unclear.json")
    assert (review["roles"]["agent"], review["roles"]["source"], review["roles"]["confidence"]) == ("S2", "option", 1.0)
    assert {turn["speaker"]: turn["role"] for turn in review["turns"]} == {"S1": "customer", "S2": "agent"}
    assert not any("Roles uncertain" in warning for warning in review["warnings"])
    assert review["measures"]["talk_ratio"]["value"] is not None


def test_what_it_quotes_is_masked(tmp_path: Path, unclear: Path) -> None:
    segments = json.loads(unclear.read_text(encoding="utf-8"))
    words = "card 4111111111111111 expires".split()
    segments["segments"][0]["words"] = [
        {"word": word, "start": 0.5 + n, "end": 0.9 + n, "score": 0.9} for n, word in enumerate(words)
    ]
    unclear.write_text(json.dumps(segments), encoding="utf-8")

    ran = asked("review", "--transcript", unclear, cwd=tmp_path, answers=["1\n"])

    assert "4111111111111111" not in ran.screen
    assert "[card]" in ran.screen


@pytest.mark.parametrize("answer", ["\n", "not sure\n", "n\n", "\x04"])
def test_not_sure_leaves_it_open_and_says_so(tmp_path: Path, unclear: Path, answer: str) -> None:
    ran = asked("review", "--transcript", unclear, cwd=tmp_path, answers=[answer])

    assert ran.returncode == 0, ran.screen
    _is_open(tmp_path / "coaching" / "unclear.json")


def test_control_c_at_the_question_ends_the_run(tmp_path: Path, unclear: Path) -> None:
    ran = asked("review", "--transcript", unclear, cwd=tmp_path, answers=[CONTROL_C])

    assert ran.returncode == 130, ran.screen
    assert not (tmp_path / "coaching" / "unclear.json").exists()


@pytest.mark.parametrize("how", [["--quiet"], ["--json"]])
def test_who_wants_no_talk_is_not_asked(tmp_path: Path, unclear: Path, how: list[str]) -> None:
    ran = asked("review", "--transcript", unclear, *how, cwd=tmp_path, answers=["1\n"])

    assert ran.returncode == 0, ran.screen
    assert "Which of these" not in ran.screen
    _is_open(tmp_path / "coaching" / "unclear.json")


def test_where_nobody_sits_it_is_left_open(tmp_path: Path, unclear: Path) -> None:
    ran = coach("review", "--transcript", unclear, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "Which of these" not in ran.stdout + ran.stderr
    assert "Roles uncertain" in ran.stdout
    assert "--agent-speaker 1 or 2" in " ".join(ran.stdout.split())
    _is_open(tmp_path / "coaching" / "unclear.json")


@pytest.mark.parametrize("number", [1, 2])
def test_the_option_says_it_without_a_question(tmp_path: Path, unclear: Path, number: int) -> None:
    ran = asked("review", "--transcript", unclear, "--agent-speaker", number, cwd=tmp_path, answers=[])

    assert "Which of these" not in ran.screen
    review = load(tmp_path / "coaching" / "unclear.json")
    assert review["roles"]["agent"] == f"S{number}"


def test_an_answer_can_be_put_right(tmp_path: Path, unclear: Path) -> None:
    asked("review", "--transcript", unclear, cwd=tmp_path, answers=["2\n"])
    before = who(tmp_path)

    coach("review", "--swap", cwd=tmp_path)

    assert [role for role, _ in who(tmp_path)] == [{"agent": "customer", "customer": "agent"}[r] for r, _ in before]


def _is_open(path: Path) -> None:
    review = load(path)
    assert review["roles"]["agent"] is None
    assert {turn["role"] for turn in review["turns"]} == {"unknown"}
    assert any(warning.startswith("Roles uncertain") for warning in review["warnings"])
    ratio = review["measures"]["talk_ratio"]
    assert (ratio["value"], ratio["why"]) == (None, "it is not certain which party is the agent")
    assert review["measures"]["silence_ratio"]["value"] is not None  # who is who does not matter there
    assert review["coaching"]["try"] is None

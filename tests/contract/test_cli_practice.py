"""``coach practice``: from the reviews' missed moments and the starter set, at a terminal and off it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import soundfile
from command import DEMO, coach
from terminal import CONTROL_C, CONTROL_D, Sat, at_terminal


@pytest.fixture
def reviewed(tmp_path: Path, transcript: Path) -> Path:
    """A folder with one review, in which a story was answered by asking for a number."""
    ran = coach("review", "--transcript", transcript, "--format", "html,json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    return tmp_path


def sit(*arguments: object, cwd: Path, answers: list[str], columns: int = 80) -> Sat:
    """Run the command at a pseudo-terminal, answering each question in turn."""
    ran = at_terminal("practice", *arguments, cwd=cwd, answers=answers, prompt=b"\n> ", columns=columns)
    return ran._replace(screen=ran.screen.replace("\r\n", "\n"))


GOOD = "So it went from ninety to four hundred and twelve. That must be frightening."


def test_a_sitting_from_the_first_question_to_the_second_try(tmp_path: Path) -> None:
    answers = ["worried\n", "brushed off\n", "Account number, please.\n", f"{GOOD}\n", "\n"]
    ran = sit("high-bill", cwd=tmp_path, answers=answers)

    assert ran.returncode == 0, ran.screen
    order = [
        "What might they feel?", "One view among others", "The customer says:", "First from the customer's chair",
        "How does that land?", "From that chair", "Now you.", "One way to begin", "Once more", "You gave back",
        "First:", "Account number, please.", "Then:", "Came in with the second: giving it back", "Another one?",
    ]  # fmt: skip
    at = [ran.screen.find(part, 0) for part in order]
    assert -1 not in at, dict(zip(order, at, strict=True))
    compared = ran.screen[ran.screen.index("First:\n") :]
    assert compared.index("Account number, please.") < compared.index("Then:") < compared.index("So it went")
    assert all(
        len(line) <= 80 for line in ran.screen.replace("<answered>", "").splitlines() if "four hundred" not in line
    )


def test_it_fits_a_narrow_terminal(tmp_path: Path) -> None:
    ran = sit("high-bill", cwd=tmp_path, answers=["x\n", "x\n", "Okay.\n", "\n", "\n"], columns=50)

    assert ran.returncode == 0, ran.screen
    assert max(len(line) for line in ran.screen.splitlines()) <= 50


def test_every_question_may_be_skipped_and_nothing_is_logged_for_it(tmp_path: Path) -> None:
    ran = sit("high-bill", cwd=tmp_path, answers=["\n", "\n", "\n", "\n"])

    assert ran.returncode == 0, ran.screen
    assert "One view" not in ran.screen  # nobody is told what they did not ask
    assert "From that chair:" not in ran.screen
    assert json.loads(coach("practice", "--log", "--json", cwd=tmp_path).stdout) == []


def test_another_one_is_somebody_else(tmp_path: Path) -> None:
    ran = sit(cwd=tmp_path, answers=["\n", "\n", "\n", "y\n", CONTROL_D, CONTROL_D, CONTROL_D, CONTROL_D])

    assert ran.returncode == 0, ran.screen
    says = ran.screen.split("The customer says:\n")[1:]
    assert len(says) == 2
    assert says[0].splitlines()[0] != says[1].splitlines()[0]


@pytest.mark.parametrize("answers", [[CONTROL_C], ["\n", CONTROL_C], ["\n", "\n", CONTROL_C]])
def test_control_c_leaves_cleanly(tmp_path: Path, answers: list[str]) -> None:
    ran = sit("high-bill", cwd=tmp_path, answers=answers)

    assert ran.returncode == 130, ran.screen
    assert "stopped" in ran.screen
    assert "Traceback" not in ran.screen
    assert json.loads(coach("practice", "--log", "--json", cwd=tmp_path).stdout) == []


def test_who_leaves_at_the_second_try_has_made_the_first(tmp_path: Path) -> None:
    ran = sit("high-bill", cwd=tmp_path, answers=["\n", "\n", "Okay then.\n", CONTROL_C])

    assert ran.returncode == 130, ran.screen
    (entry,) = json.loads(coach("practice", "--log", "--json", cwd=tmp_path).stdout)
    assert [one["said"] for one in entry["tries"]] == ["Okay then."]


def test_the_customers_chair_alone_asks_for_no_answer(tmp_path: Path) -> None:
    ran = sit("shut-off", "--seat", "customer", cwd=tmp_path, answers=["\n", "cold\n", "\n"])

    assert ran.returncode == 0, ran.screen
    assert "From that chair: what was told went by" in ran.screen
    assert "Now you." not in ran.screen


def test_a_recording_that_is_none_is_refused_and_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "mine.wav").write_bytes(b"no sound")
    ran = sit("high-bill", cwd=tmp_path, answers=["\n", "\n", "mine.wav\n", "\n", "\n"])

    assert ran.returncode == 0, ran.screen
    assert "mine.wav" in ran.screen
    assert ran.screen.count("Now you.") == 2


def test_the_missed_moments_of_a_review_come_first_and_can_be_heard(reviewed: Path) -> None:
    (own, *others) = json.loads(coach("practice", "--list", "--json", cwd=reviewed).stdout)
    named = json.loads((reviewed / "coaching" / f"{own['call']}.json").read_text())["coaching"]["practice"]

    assert [own["drill"]] == [entry["drill"] for entry in named]
    assert "away the whole month" in own["customer"]
    assert own["page"] == f"coaching/{own['call']}.html"
    assert all(other["call"] is None for other in others)
    shown = coach("practice", own["drill"], cwd=reviewed).stdout
    assert "To hear it: open coaching/" in shown
    assert "click at 0:04" in shown


def test_what_the_agent_said_then_is_heard_from_their_chair(reviewed: Path) -> None:
    ran = coach("practice", "high-bill-said-back", "--seat", "customer", cwd=reviewed)

    assert "Can I have your account number please" in " ".join(ran.stdout.split())
    assert "From that chair: what was told went by" in ran.stdout


def test_what_they_had_told_earlier_stands_before_the_question(reviewed: Path) -> None:
    assert "Earlier in that call" not in coach("practice", "high-bill-said-back", cwd=reviewed).stdout
    path = next((reviewed / "coaching").glob("*.json"))
    review = json.loads(path.read_text())
    told = "Hello, there is a notice on my door, and my PIN is four one one one".split()
    words = [{"text": text, "start": at / 10, "end": at / 10 + 0.1} for at, text in enumerate(told)]
    review["turns"] += [{"role": "customer", "words": words[:4]}, {"role": "customer", "words": words}]
    path.write_text(json.dumps(review))

    ran = coach("practice", "high-bill-said-back", cwd=reviewed)

    assert "Earlier in that call they had said: “Hello, there is a notice on my door" in " ".join(ran.stdout.split())
    assert "four one one one" not in ran.stdout
    assert ran.stdout.index("Earlier in that call") < ran.stdout.index("The customer says")


def test_nothing_private_of_a_call_is_shown(reviewed: Path) -> None:
    path = next((reviewed / "coaching").glob("*.json"))
    review = json.loads(path.read_text())
    turn = next(t for t in review["turns"] if "whole" in t["text"])
    for word, text in zip(turn["words"], ["4111", "1111", "1111", "1111"], strict=False):
        word["text"] = text
    path.write_text(json.dumps(review))

    ran = coach("practice", "--list", "--json", cwd=reviewed)

    assert "[card]" in ran.stdout
    assert "1111" not in ran.stdout


@pytest.mark.parametrize("damage", ['{"schema": "coach.review/1"}', "[]", '{"schema": "coach.review/1", "turns": 3}'])
def test_a_review_that_does_not_fit_together_is_passed_over(tmp_path: Path, damage: str) -> None:
    (tmp_path / "coaching").mkdir()
    (tmp_path / "coaching" / "odd.json").write_text(damage)

    ran = coach("practice", "--list", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("high-bill\n")


def test_an_answer_is_judged_for_a_script(tmp_path: Path) -> None:
    ran = coach("practice", "high-bill", "--answer", GOOD, "--json", cwd=tmp_path)

    found = json.loads(ran.stdout)
    assert ran.returncode == 0
    assert [part["kind"] for part in found["heard"]] == ["said_back", "acknowledged"]
    assert (found["missed"], found["noted"]) == ([], [])
    assert "calls_for" not in ran.stdout


def test_the_log_is_masked_private_and_counts(tmp_path: Path) -> None:
    coach("practice", "high-bill", "--answer", f"{GOOD} Is your card 4111 1111 1111 1111?", cwd=tmp_path)

    (entry,) = json.loads(coach("practice", "--log", "--json", cwd=tmp_path).stdout)
    assert "[card]" in entry["tries"][0]["said"]
    assert entry["tries"][0]["heard"][:2] == ["said_back", "acknowledged"]
    assert set(entry) == {"at", "drill", "call", "tries"}  # nothing of what was not there
    (path,) = Path(os.environ["XDG_DATA_HOME"]).rglob("practice.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "One customer practised on one day." in coach("practice", "--log", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["higgh-bill"], 2, 'did you mean "high-bill"'),
        (["--answer", "hello"], 2, "Name the drill"),
        (["high-bill", "--answer", " "], 2, "The answer is empty"),
        (["high-bill", "--answer", "a", "--wav", "b.wav"], 2, "not both"),
        (["high-bill", "--answer", "a", "--seat", "customer"], 2, "leave out one"),
        (["high-bill", "--seat", "agent"], 2, "customer"),
        (["high-bill", "--log"], 2, "stand alone"),
        (["--list", "--answer", "a"], 2, "stand alone"),
        (["high-bill", "--wav", "gone.wav"], 4, "gone.wav"),
        (["--from", "gone.json"], 4, "There is no gone.json"),
        (["--from", "."], 4, "There is no review in"),
        (["--from", "other.json"], 3, "other.json is no review"),
    ],
)
def test_what_does_not_go_together_is_told_with_its_code(
    tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "other.json").write_text("{}")
    if "." in arguments:
        (tmp_path / "other.json").unlink()

    ran = coach("practice", *arguments, cwd=tmp_path)

    assert ran.returncode == code, ran.stdout + ran.stderr
    assert told in " ".join(ran.stderr.split())


def test_off_a_terminal_a_customer_is_shown_and_nobody_waited_for(tmp_path: Path) -> None:
    ran = coach("practice", cwd=tmp_path)

    assert ran.returncode == 0
    assert "The customer says:" in ran.stdout
    assert "--answer" in ran.stdout


def test_the_log_that_cannot_be_kept_takes_nothing_from_the_answer(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")

    ran = coach("practice", "high-bill", "--answer", GOOD, cwd=tmp_path, XDG_DATA_HOME=str(tmp_path / "data"))

    assert ran.returncode == 0
    assert "You gave back" in ran.stdout
    assert "the log could not be kept" in ran.stderr


@pytest.mark.engine
def test_a_spoken_answer_is_recognised_and_judged(tmp_path: Path) -> None:
    sound, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "mine.wav", sound[: 12 * rate, 0], rate)

    ran = coach("practice", "high-bill", "--wav", "mine.wav", "--json", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert len(json.loads(ran.stdout)["said"].split()) > 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.wav"]

"""``coach shift --setup`` as a supervisor meets it at the end of a day: questions, slips, leaving, coming back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from command import coach
from nights import POLICY
from terminal import CONTROL_C, CONTROL_D, Sat, at_terminal

from coach.app.shift.policy import default_path, require

TYPED = ["coaching", "Dana Fox, billing", "workload, reports", "60", "2026-01-05", "Dana, extension 204"]
DAY = date.today() - timedelta(days=1)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Iterator[Path]:
    return tmp_path / "team" / "policy.toml"


def set_up(path: Path, *typed: str) -> Sat:
    """Answer the questions, each with a line; ``CONTROL_C`` and ``CONTROL_D`` as they are."""
    answers = [one if one in (CONTROL_C, CONTROL_D) else f"{one}\n" for one in typed]
    path.parent.mkdir(exist_ok=True)
    return at_terminal("shift", "--setup", "--policy", path, cwd=path.parent, answers=answers, prompt=b": ")


def said(sat: Sat) -> str:
    return " ".join(sat.screen.split())


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_six_answers_make_the_agreement_and_the_page_for_the_noticeboard(path: Path) -> None:
    sat = set_up(path, *TYPED)

    assert sat.returncode == 0, sat.screen
    assert files(path.parent) == {"policy.toml", "policy-notice.md"}
    assert require(path).supervisors == ("Dana Fox", "billing")
    notice = (path.parent / "policy-notice.md").read_text(encoding="utf-8")
    for told in ("Dana Fox, billing", "60 days", "5 January 2026", "Dana, extension 204"):
        assert told in notice
    assert "____" not in notice
    assert "person by person" not in notice.split("## How long")[0]  # nobody agreed to that
    told = said(sat)
    assert "hang it where everybody sees it" in told
    for name in ("policy.toml", "policy-notice.md"):
        assert re.search(rf"{name}\s", sat.screen)


def test_every_line_fits_a_terminal_of_eighty_columns(path: Path) -> None:
    sat = set_up(path, "pay", "coaching", "", ",", "Dana", "rankings", "figure", "", "0", "1000", "", "tomorrow",
                 "2199-01-01", "2026-01-05", "", "Dana")  # fmt: skip

    assert sat.returncode == 0, sat.screen
    long = [
        line
        for line in sat.screen.replace("<answered>", "\n").splitlines()
        if len(line) > 80 and str(path.parent) not in line
    ]
    assert long == []


def test_each_wrong_answer_is_told_what_to_do_and_asked_again(path: Path) -> None:
    sat = set_up(
        path, "performance", "coaching", "", "Dana", "rankings", "", "", "02/03/2026", "2026-01-05", "", "Dana"
    )

    assert sat.returncode == 0, sat.screen
    told = said(sat)
    for sentence in (
        "Where you want to help people listen, answer “coaching”.",
        "Name them as the staff know them.",
        "“rankings” is nothing that a page can show",
        "is a date, year first, such as 2026-03-02",
        "Give a name, and how to reach them.",
    ):
        assert sentence in told, sentence
    assert require(path).keep_days == 90
    assert len(require(path).sees) == 5


@pytest.mark.parametrize("leaving", [CONTROL_C, CONTROL_D])
@pytest.mark.parametrize("after", [0, 1, 5])
def test_whoever_leaves_in_the_middle_leaves_everything_as_it_was(path: Path, leaving: str, after: int) -> None:
    sat = set_up(path, *TYPED[:after], leaving)

    assert sat.returncode == (130 if leaving == CONTROL_C else 2), sat.screen
    assert "othing was written" in said(sat)
    assert files(path.parent) == set()


@pytest.mark.parametrize("leaving", [CONTROL_C, CONTROL_D])
def test_whoever_leaves_keeps_the_agreement_that_is_there(path: Path, leaving: str) -> None:
    path.parent.mkdir()
    path.write_text(POLICY)
    sat = set_up(path, "", "Eve", "", leaving)

    assert sat.returncode in (130, 2)
    assert path.read_text() == POLICY
    assert files(path.parent) == {"policy.toml"}


def test_asked_again_what_stands_there_is_suggested_and_enter_keeps_it(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(POLICY.replace('"Dana"', '"Dana Fox, billing"'))
    before = require(path)
    sat = set_up(path, *[""] * 6)

    assert sat.returncode == 0, sat.screen
    assert "There is an agreement already" in said(sat)
    assert "supervisors [Dana Fox, billing]: " in sat.screen
    assert require(path) == before


def test_what_the_staff_were_not_told_needs_a_new_day(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(POLICY)
    sat = set_up(path, "", "Eve", "", "", "", DAY.isoformat(), "")

    assert sat.returncode == 0, sat.screen
    assert "This is not what the staff were told: tell them of it" in said(sat)
    assert "told_on: " in sat.screen  # the old day is not suggested
    assert (require(path).supervisors, require(path).told_on) == (("Eve",), DAY)


def test_where_nobody_was_told_yet_there_is_the_page_to_tell_them_with_and_no_agreement(path: Path) -> None:
    sat = set_up(path, *TYPED[:4], "not yet", TYPED[5])

    assert sat.returncode == 0, sat.screen
    assert files(path.parent) == {"policy-notice.md"}
    assert "No agreement was written, for nobody has been told yet." in said(sat)
    notice = (path.parent / "policy-notice.md").read_text(encoding="utf-8")
    assert "You were told on ____" in notice
    assert "Dana, extension 204" in notice
    ran = coach("shift", ".", "--policy", path, cwd=path.parent)
    assert ran.returncode == 5


def test_what_nobody_was_told_of_leaves_the_agreement_in_force(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(POLICY)
    sat = set_up(path, "", "Eve", "", "", "no", "")

    assert sat.returncode == 0, sat.screen
    assert "The agreement stays as it was" in said(sat)
    assert path.read_text() == POLICY
    assert "Eve" in (path.parent / "policy-notice.md").read_text(encoding="utf-8")


def test_a_damaged_agreement_is_told_of_and_asked_for_anew(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('purpose = "coaching"\nkeep_days = ')
    sat = set_up(path, *TYPED)

    assert sat.returncode == 0, sat.screen
    assert "policy.toml is not TOML" in said(sat)
    assert require(path).keep_days == 60


def test_a_place_that_cannot_be_written_to_is_told_before_the_first_question(tmp_path: Path) -> None:
    sat = at_terminal("shift", "--setup", "--policy", tmp_path, cwd=tmp_path, answers=["coaching\n"], prompt=b": ")

    assert sat.returncode == 5
    assert "What is it for?" not in sat.screen
    assert "Name the file of the agreement with --policy" in said(sat)


def test_without_an_agreement_it_is_said_why_and_what_to_type(tmp_path: Path) -> None:
    own = coach("shift", "calls", cwd=tmp_path)
    other = coach("shift", "calls", "--policy", "our team.toml", cwd=tmp_path)

    for ran in (own, other):
        assert (ran.returncode, ran.stdout) == (5, "")
        told = " ".join(ran.stderr.split())
        for words in ("Tell the staff first", "no ranking, no tone of voice, nothing for pay or discipline"):
            assert words in told
        assert "docs/fairness.md" in told
        assert all(len(line) <= 80 for line in ran.stderr.splitlines() if str(default_path().parent) not in line)
    assert "Then write it down with coach shift --setup; it" in " ".join(own.stderr.split())
    assert "coach shift --setup --policy 'our team.toml'; it" in " ".join(other.stderr.split())


def test_an_agreement_that_cannot_be_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text(POLICY.replace("60", "900"))
    ran = coach("shift", "calls", "--policy", "team.toml", cwd=tmp_path)

    assert ran.returncode == 5
    told = " ".join(ran.stderr.split())
    assert "Results are kept for 1 to 366 days" in told
    assert "It stands in team.toml: mend it there, or answer the questions again with coach shift --setup" in told


def test_without_a_terminal_the_lines_to_fill_in_are_shown(tmp_path: Path) -> None:
    ran = coach("shift", "--setup", "--policy", tmp_path / "team.toml", cwd=tmp_path)

    assert ran.returncode == 2
    assert "told_on = YEAR-MONTH-DAY" in ran.stderr.splitlines()
    assert "nobody is at the terminal" in " ".join(ran.stderr.split())
    assert list(tmp_path.iterdir()) == []

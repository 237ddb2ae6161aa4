"""Setting a shift up: what is asked, what is suggested, and the page that tells the staff."""

from __future__ import annotations

import os
import stat
import tomllib
from datetime import date
from pathlib import Path

import pytest

from coach.app.shift import policy as policies
from coach.app.shift.agreeing import (
    Question,
    differs,
    drafted,
    ended,
    notice_path,
    questions,
    standing,
    told_nobody,
    unasked,
    write_notice,
)
from coach.app.shift.policy import KEYS, SEES, Policy, default_path, from_answers, write
from coach.conversation import ConfigurationError, StorageError
from coach.reporting.shift_notice import notice
from tests.unit.shift.made import policy

TODAY = date(2026, 3, 2)
TYPED = {"purpose": "coaching", "supervisors": "Dana Fox, Office 2", "told_on": "2026-03-01", "ask": "Dana"}


def asked(key: str, agreed: Policy | None = None) -> Question:
    return next(each for each in questions(TODAY, agreed) if each.key == key)


def test_the_questions_make_an_agreement() -> None:
    answers = {each.key: each.answered(TYPED.get(each.key, "")) for each in questions(TODAY)}

    assert tuple(each.key for each in questions(TODAY)) == KEYS
    assert all(each.ask.endswith("?") and each.about for each in questions(TODAY))
    assert from_answers(answers, TODAY) == Policy(
        ("Dana Fox", "Office 2"), frozenset(SEES), 90, date(2026, 3, 1), "Dana"
    )


def test_what_supervisors_may_see_is_listed_one_by_one() -> None:
    assert [choice.partition(": ")[0] for choice in asked("sees").choices] == list(SEES)
    assert asked("keep_days").choices == ()


def test_a_question_refuses_at_once() -> None:
    with pytest.raises(ConfigurationError, match="has not come yet"):
        asked("told_on").answered("2026-03-03")
    with pytest.raises(ConfigurationError, match="names nobody who sees"):
        asked("supervisors").answered("  ")


def test_what_was_agreed_before_is_suggested_and_kept_as_it_is() -> None:
    agreed = policy(supervisors=("Dana Fox, billing", "Office 2"), sees=frozenset({"figures", "workload"}))
    again = questions(TODAY, agreed)

    assert [each.suggested for each in again] == [
        "coaching",
        "Dana Fox, billing, Office 2",
        "workload, figures",
        "90",
        "2026-02-20",
        "Dana Fox, extension 214",
    ]
    assert from_answers({each.key: each.answered("") for each in again}, TODAY) == agreed  # the comma in a name, too
    assert asked("keep_days", agreed).answered("30") == 30


@pytest.mark.parametrize("typed", ["not yet", "Not yet.", " NO ", "nobody", "never!"])
def test_nobody_may_have_been_told(typed: str) -> None:
    assert told_nobody(typed)
    with pytest.raises(ConfigurationError, match="answer “not yet”"):
        asked("told_on").answered(typed)  # which is no date, wherever else it stands


@pytest.mark.parametrize("typed", ["", "2026-03-02", "yes", "noon"])
def test_somebody_may_have_been_told(typed: str) -> None:
    assert not told_nobody(typed)


@pytest.mark.parametrize(
    ("key", "value"), [("supervisors", ("Eve",)), ("sees", frozenset({"figures"})), ("keep_days", 30)]
)
def test_what_the_staff_were_told_differs_where_anything_of_it_does(key: str, value: object) -> None:
    agreed = policy()
    same = {each.key: each.answered("") for each in questions(TODAY, agreed)}

    assert not differs(agreed, same)
    assert differs(agreed, {**same, key: value})
    assert not differs(None, same)
    assert not differs(agreed, {**same, "ask": "Eve"})


def test_the_page_for_the_noticeboard_lies_beside_the_agreement_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "new" / "team.toml"

    page = write_notice(policy(), path)

    assert page == notice_path(path) == tmp_path / "new" / "team-notice.md"
    assert page.read_text(encoding="utf-8") == notice(policy().agreement)
    for told in ("Dana Fox, billing", "90 days", "20 February 2026", "extension 214"):
        assert told in page.read_text(encoding="utf-8")
    assert "____" not in page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
    assert notice_path() == default_path().parent / "shift-policy-notice.md"


def test_before_anybody_was_told_the_day_alone_is_left_to_be_written_in(tmp_path: Path) -> None:
    answers = {each.key: each.answered(TYPED.get(each.key, "")) for each in questions(TODAY) if each.key != "told_on"}

    text = write_notice(drafted(answers), tmp_path / "team.toml", told=False).read_text(encoding="utf-8")

    assert text.count("__________") == text.count("You were told on __________") == 1
    assert "Dana Fox, Office 2" in text
    assert not (tmp_path / "team.toml").exists()


def test_an_agreement_that_is_there_is_told_of_and_one_that_is_damaged_too(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    assert standing(path) == (None, "")

    write(policy(), path)
    found, said = standing(path)
    assert found == policy()
    assert str(path) in said
    assert "Enter keeps it" in said

    path.write_text("keep_days = 900")
    found, said = standing(path)
    assert found is None
    assert "leaves out purpose" in said
    assert "asked for anew" in said
    assert path.read_text() == "keep_days = 900"


def test_what_cannot_be_written_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is no file\. Name the file of the agreement with --policy"):
        standing(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="is no folder, so no agreement can be kept there"):
        standing(tmp_path / "file" / "deep" / "policy.toml")
    assert standing(tmp_path / "new" / "deep" / "policy.toml") == (None, "")
    assert not (tmp_path / "new").exists()  # asking makes nothing


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(StorageError, match=r"may not be written to.*name another file with --policy"):
        standing(tmp_path / "policy.toml")


def test_the_end_says_what_to_do_next() -> None:
    path = Path("a team's.toml")

    assert "hang it where everybody sees it" in ended(None, told=True, kept=False)
    assert "coach shift --setup changes it" in ended(None, told=True, kept=True)
    assert "No agreement was written" in ended(None, told=False, kept=False)
    assert "The agreement stays as it was" in ended(None, told=False, kept=True)
    assert """with coach shift --setup --policy 'a team'"'"'s.toml', and give that day""" in ended(
        path, told=False, kept=False
    )


def test_where_nobody_is_asked_the_lines_to_be_filled_in_are_shown_and_count_for_nothing_as_they_are(
    tmp_path: Path,
) -> None:
    lines, said = unasked(tmp_path / "p.toml")

    assert [line.split(" = ")[0] for line in lines.splitlines()] == list(KEYS)
    assert str(tmp_path / "p.toml") in said
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(lines)
    filled = tomllib.loads(lines.replace("YEAR-MONTH-DAY", "2026-03-01").replace("NAME", "Dana"))
    assert from_answers(filled, TODAY).supervisors == ("Dana",)


def test_the_modules_agree_on_the_keys() -> None:
    assert {each.key for each in questions(TODAY)} == set(policies.KEYS)

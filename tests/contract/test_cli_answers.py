"""What people say of a shift's calls comes in, is settled, and moves the sums; a slip leaves nothing behind."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from command import Ran, coach, load

from coach.app.shift.answering import call_named
from coach.app.shift.contests import contests, counted
from coach.app.shift.listen_first import listen_first
from coach.conversation import UsageError
from coach.store.store import open_store

EXAMPLE = Path(__file__).parents[2] / "reports" / "example" / "high-bill.json"


class Office:
    """A shift's store with two calls in it, and the command beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "shift.sqlite"
        self.review = load(EXAMPLE)
        with open_store(str(self.store), purpose="shift") as store:
            for name, digit in (("monday", "a"), ("tuesday", "b")):
                store.record(self.named(name, digit), report=folder / f"{name}.html", agent="Dana")

    def named(self, name: str, digit: str) -> dict[str, Any]:
        review: dict[str, Any] = json.loads(json.dumps(self.review))
        review["source"] = review["recording"]["sha256"] = digit * 64
        review["recording"]["uri"] = f"{name}.wav"
        return review

    def run(self, *arguments: object) -> Ran:
        return coach("answers", *arguments, "--store", self.store, cwd=self.folder)

    def moment(self, kind: str) -> dict[str, Any]:
        return next(moment for moment in self.review["moments"] if moment["kind"] == kind)

    def notes(self, kind: str = "missed_paraphrase") -> Path:
        moment = self.moment(kind)
        path = self.folder / "monday-notes.json"
        noted = {"kind": kind, "start": moment["start"], "noted_at": "2026-11-21T10:00:00Z", "index": 0}
        path.write_text(
            json.dumps(
                {
                    "schema": "coach.notes/1",
                    "recording": "a" * 64,
                    "agent": self.review["roles"]["agent"],
                    "first": None,
                    "misheard": [noted],
                    "not_me": None,
                }
            )
        )
        return path

    def counts(self) -> dict[str, tuple[int, int]]:
        with open_store(str(self.store), purpose="shift") as store:
            call = store.call("a" * 64)
            assert call is not None
            return {one.label: (one.met, one.of) for one in counted(call, contests(call, store.answers()))}

    def picks(self) -> dict[str, float | None]:
        """The calls that are on the list because they were picked."""
        with open_store(str(self.store), purpose="shift") as store:
            listed = listen_first(store.calls(), store.answers(), date(2026, 11, 22))
        return {one.call.sha256: one.at for one in listed if one.reason in ("picked", "chance_picked")}


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_contested_moment_leaves_the_sums_until_it_is_settled(office: Office) -> None:
    before = office.counts()
    assert "Saying it back" in before
    added = office.run("add", office.notes(), "--who", "Dana")
    assert (added.returncode, added.stdout) == (0, "1 answer taken in; the shift's next pages show them.\n")
    assert office.counts() != before
    listed = json.loads(office.run("list", "--json").stdout)
    (contest,) = listed
    assert (contest["call"], contest["who"], contest["state"]) == ("monday.wav", "Dana", "open")
    assert "monday.wav at" in office.run("list").stdout
    settled = office.run("settle", contest["id"], "stands")
    assert settled.returncode == 0
    assert office.counts() == before
    assert office.run("list").stdout == "Nothing is contested.\n"
    office.run("settle", contest["id"], "misheard")
    assert office.counts() != before


def test_looking_at_contests_is_noted_for_the_people_whose_they_are(office: Office) -> None:
    office.run("list")
    office.run("add", office.notes(), "--who", "Dana")
    office.run("list")
    office.run("sheet", "--calls", "5")
    with open_store(str(office.store), purpose="shift") as store:
        looks = [(look.what, look.agent) for look in store.looks()]
    assert looks == [("contests", None), ("contests", "Dana"), ("sheet to judge by ear", "Dana")]
    read = coach("looks", "--agent", "Dana", "--store", office.store, cwd=office.folder).stdout
    assert [line.split("  ")[2] for line in read.splitlines()] == ["contests", "sheet to judge by ear"]


def test_a_sheet_is_drawn_filled_in_and_taken_in(office: Office) -> None:
    printed = office.run("sheet", "--calls", "5").stdout
    rows = list(csv.DictReader(StringIO(printed)))
    assert {row["call"] for row in rows} == {"a" * 12, "b" * 12}
    assert all(row["answer"] == "" for row in rows)
    for number, row in enumerate(rows):
        row["answer"] = ("yes", "no", "")[number % 3]
    filled = office.folder / "judged.csv"
    with filled.open("w", newline="") as file:
        write = csv.DictWriter(file, rows[0])
        write.writeheader()
        write.writerows(rows)
    added = office.run("add", filled, "--who", "Ann")
    said = sum(bool(row["answer"]) for row in rows)
    assert added.stdout.startswith(f"{said} answers")
    with open_store(str(office.store), purpose="shift") as store:
        assert len(store.answers(question="judged:", who="Ann")) == said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("monday,Saying it bak,yes", "Saying it back"),
        ("monday,Saying it back,maybe", "yes, partly, no, unsure"),
        ("wednesday,Saying it back,yes", "wednesday"),
        ('monday,"Saying it back,yes', "answer"),
    ],
)
def test_a_slip_in_a_sheet_is_told_with_its_line_and_nothing_of_it_comes_in(
    line: str, says: str, office: Office
) -> None:
    sheet = office.folder / "judged.csv"
    sheet.write_text(f"call,question,answer\ntuesday,Saying it back,no\n{line}\n")
    added = office.run("add", sheet, "--who", "Ann")
    assert added.returncode in (0, 3)
    if added.returncode:
        assert "Line 3" in added.stderr
        assert says in added.stderr
        with open_store(str(office.store), purpose="shift") as store:
            assert store.answers() == []
    else:  # an open quotation takes the rest into one cell, which is no answer at all
        assert added.stdout.startswith("1 answer")


def test_what_is_no_answer_is_refused_kindly(office: Office) -> None:
    for name, content in (("a.json", "[]"), ("b.json", '{"schema": "coach.review/1"}'), ("c.csv", "x,y\n1,2\n")):
        path = office.folder / name
        path.write_text(content)
        added = office.run("add", path, "--who", "Ann")
        assert added.returncode == 3
        assert name in added.stderr
    (office.folder / "d.bin").write_bytes(b"\xff\xfe\x00")
    assert office.run("add", office.folder / "d.bin", "--who", "Ann").returncode == 3
    assert office.run("add", office.folder / "gone.csv", "--who", "Ann").returncode == 4


def test_a_contest_is_taken_back_by_the_one_who_gave_it(office: Office) -> None:
    before = office.counts()
    office.run("add", office.notes(), "--who", "Dana")
    assert office.counts() != before
    (contest,) = json.loads(office.run("list", "--json").stdout)
    others = office.run("withdraw", contest["id"], "--who", "Ann")
    assert (others.returncode, "not Ann's" in others.stderr) == (2, True)
    assert office.counts() != before
    back = office.run("withdraw", contest["id"], "--who", "dana")
    assert (back.returncode, "counts again" in back.stdout) == (0, True)
    assert office.counts() == before
    assert office.run("list", "--all").stdout == "Nothing is contested.\n"
    with open_store(str(office.store), purpose="shift") as store:
        (taken,) = store.answers()
    assert office.run("settle", taken.id, "stands").returncode == 2
    assert office.run("withdraw", 99, "--who", "Dana").returncode == 5


def test_a_pick_is_taken_back(office: Office) -> None:
    for at in ("0:30", "1:05"):
        assert office.run("pick", "tuesday", "--who", "Dana", "--at", at).returncode == 0
    assert office.picks() == {"b" * 64: 65.0}
    number = office.run("pick", "tuesday", "--who", "Dana", "--at", "1:05").stdout.split("number ")[1].split(";")[0]
    assert office.run("withdraw", number, "--who", "Dana").returncode == 0
    assert office.picks() == {"b" * 64: 30.0}
    office.run("pick", "monday", "--who", "Dana")
    with open_store(str(office.store), purpose="shift") as store:
        numbers = [answer.id for answer in store.answers(question="picked") if answer.answer == "yes"]
    for one in numbers:
        assert office.run("withdraw", one, "--who", "Dana").returncode == 0
    assert office.picks() == {}


@pytest.mark.parametrize(("who", "code"), [("Dana", 0), ("dana", 0), (" DANA", 0), ("Ann", 2), ("Dan", 2)])
def test_a_pick_is_for_ones_own_call(who: str, code: int, office: Office) -> None:
    picked = office.run("pick", "tuesday", "--who", who)
    assert picked.returncode == code
    assert office.picks() == ({} if code else {"b" * 64: None})
    if code:
        assert "Dana's" in picked.stderr


def test_capitals_tell_two_people_apart_where_nothing_else_does(office: Office) -> None:
    with open_store(str(office.store), purpose="shift") as store:
        store.record(office.named("friday", "c"), agent="dana")
        store.record(office.named("sunday", "d"), agent=None)
    assert office.run("pick", "tuesday", "--who", "dana").returncode == 2
    assert office.run("pick", "tuesday", "--who", "DANA").returncode == 2
    assert office.run("pick", "friday", "--who", "dana").returncode == 0
    nobodys = office.run("pick", "sunday", "--who", "Dana")
    assert (nobodys.returncode, "whose call" in nobodys.stderr) == (2, True)


def test_who_settled_a_contest_is_kept_and_nothing_but_a_contest_is_settled(office: Office) -> None:
    office.run("add", office.notes(), "--who", "Dana")
    (contest,) = json.loads(office.run("list", "--json").stdout)
    assert contest["settled_by"] is None
    for who, verdict in (("Ann", "stands"), ("Bo", "misheard"), ("Ann", "stands")):
        assert office.run("settle", contest["id"], verdict, "--who", who).returncode == 0
        (settled,) = json.loads(office.run("list", "--all", "--json").stdout)
        assert (settled["state"], settled["settled_by"]) == (verdict, who)
    assert "stands, settled by Ann" in office.run("list", "--all").stdout
    office.run("pick", "tuesday", "--who", "Dana")
    with open_store(str(office.store), purpose="shift") as store:
        (pick,) = store.answers(question="picked")
    refused = office.run("settle", pick.id, "stands")
    assert (refused.returncode, "is a pick" in refused.stderr) == (2, True)
    with open_store(str(office.store), purpose="shift") as store:
        assert [answer.settled for answer in store.answers(question="picked")] == [None]


def test_a_pick_is_kept_with_its_place(office: Office) -> None:
    assert office.run("pick", "tuesday", "--who", "Dana", "--at", "1:05").returncode == 0
    with open_store(str(office.store), purpose="shift") as store:
        (answer,) = store.answers(question="picked")
    assert (answer.sha256, answer.start, answer.who) == ("b" * 64, 65.0, "Dana")
    assert office.run("pick", "tuesday", "--who", "Dana", "--at", "soon").returncode == 2
    assert office.run("pick", "nobody", "--who", "Dana").returncode == 4


def test_a_verdict_and_a_number_that_there_is_not(office: Office) -> None:
    assert office.run("settle", 99, "stands").returncode == 5
    assert office.run("settle", 1, "perhaps").returncode == 2


def test_calls_are_found_by_name_hash_and_file(office: Office) -> None:
    with open_store(str(office.store), purpose="shift") as store:
        calls = store.calls()
    assert call_named("monday.wav", calls).sha256 == "a" * 64
    assert call_named("b" * 8, calls).sha256 == "b" * 64
    path = office.folder / "monday.json"
    path.write_text(json.dumps(office.named("elsewhere", "a")))
    assert call_named(str(path), calls).sha256 == "a" * 64
    with pytest.raises(UsageError, match="2 calls"):
        call_named("monday", [*calls, *calls])

"""Who comes next, and what was practised."""

from __future__ import annotations

import itertools
import json
import stat
from dataclasses import replace

import pytest

from coach.app.practice import log
from coach.app.practice.choosing import following, named
from coach.app.practice.session import as_recording, open_practice
from coach.coaching.customers import load_starters
from coach.coaching.sentences import load_sentences
from coach.conversation import StorageError, UsageError

STARTERS = load_starters()
OWN = [
    replace(STARTERS.customers[n], id=f"{STARTERS.customers[n].id}-said-back", call="call", at=float(n)) for n in (0, 2)
]


def sitting(own: list, rounds: int) -> list:
    had: list = []
    for _ in range(rounds):
        had.append(following(own, STARTERS, [customer.id for customer in had]))
    return had


def test_calls_of_ones_own_and_plain_questions_are_mixed() -> None:
    had = sitting(OWN, 60)

    assert 0.2 < sum(customer.plain for customer in had) / 60 < 0.5
    assert sum(customer.own for customer in had) >= 10
    assert all(a.id != b.id for a, b in itertools.pairwise(had))


def test_without_calls_of_ones_own_everybody_has_their_turn() -> None:
    assert {customer.id for customer in sitting([], 60)} == {customer.id for customer in STARTERS.customers}


def test_leaving_and_coming_back_meets_the_same_customer() -> None:
    assert following([], STARTERS, ["high-bill"]) == following([], STARTERS, ["high-bill"])


def test_a_name_means_ones_own_call_first() -> None:
    assert named("high-bill-said-back", OWN, STARTERS).own
    assert not named("high-bill-said-back", [], STARTERS).own


@pytest.mark.parametrize(("name", "hint"), [("higgh-bill", 'did you mean "high-bill"'), ("zzz", "not here")])
def test_a_name_of_nobody_is_told(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        named(name, OWN, STARTERS)


def test_the_log_is_the_persons_own_and_holds_what_was_heard() -> None:
    log.keep(log.entry("high-bill", "", [log.Try("so it went up", ("said_back",))]))
    log.keep(log.entry("shut-off", "call", [log.Try("okay", ()), log.Try("that is hard", ("acknowledged",))]))

    assert stat.S_IMODE(log.log_file().stat().st_mode) == 0o600
    assert [entry.drill for entry in log.entries()] == ["high-bill", "shut-off"]
    assert log.last_heard(log.entries(), "shut-off") == ("acknowledged",)
    assert log.last_heard(log.entries(), "deposit") is None
    assert log.counted(log.entries(), load_sentences()) == [
        "2 customers practised on one day.",
        "Heard in your answers:",
        "    1 × giving it back",
        "    1 × a word for how it is for them",
    ]


def test_an_empty_log_says_how_to_begin_and_a_damaged_line_is_passed_over() -> None:
    assert log.counted(log.entries(), load_sentences()) == [load_sentences()("practice.log.empty")]

    log.keep(log.entry("high-bill", "", []))
    with log.log_file().open("a", encoding="utf-8") as file:
        file.write("half a li\n[]\n" + json.dumps({"at": "x"}) + "\n")

    assert len(log.entries()) == 1


def test_a_log_that_cannot_be_written_is_told() -> None:
    log.log_file().parent.parent.mkdir(parents=True)
    log.log_file().parent.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="could not be written"):
        log.keep(log.entry("high-bill", "", []))


def test_an_answer_is_masked_and_cleaned_before_it_is_judged() -> None:
    practice = open_practice(None)

    assert practice.typed("my card\x1b[31m is 4111 1111 1111 1111") == "my card is [card]"
    with pytest.raises(UsageError, match="empty"):
        practice.typed(" \x07 ")
    with pytest.raises(UsageError, match="characters"):
        practice.typed("so " * 2000)


def test_what_is_new_since_the_last_time_is_told() -> None:
    practice = open_practice(None)
    customer = practice.customer("high-bill")

    assert practice.keep(customer, [practice.judge(customer, "Account number?")]) is None
    new = practice.keep(
        customer, [practice.judge(customer, "From ninety to four hundred and twelve, all of a sudden.")]
    )

    assert new == "New since your last try at this one: giving it back."


def test_a_recording_is_told_from_an_answer(tmp_path: object) -> None:
    path = tmp_path / "mine.wav"  # type: ignore[operator]
    path.write_bytes(b"")

    assert as_recording(f"'{path}'") == path
    assert as_recording("so your bill went up.wav") is None
    assert as_recording("that is hard. " * 400 + ".wav") is None

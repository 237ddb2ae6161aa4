"""Terminal, Markdown, CSV and WebVTT: what a call holds can steer none of them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Coaching, Interval, Part, Turn
from coach.reporting.markdown import escape, render_markdown
from coach.reporting.summary import terminal_summary
from coach.reporting.table import COLUMNS, cell, render_csv
from coach.reporting.text import clean
from coach.reporting.vtt import render_vtt

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J <script>alert(1)</script> \u202e| [a](http://x) --> =1+1 \r\n\nNOTE **b** `c` \x9b31m"
)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@given(st.text())
def test_cleaned_text_is_one_line_that_nothing_obeys(text: str) -> None:
    cleaned = clean(text)

    assert not CONTROL.search(cleaned)
    assert "\n" not in cleaned
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_the_summary_says_the_call_at_a_glance(samples: ModuleType) -> None:
    lines = terminal_summary(samples.review(), Path("coaching/high-bill.html"))
    text = "\n".join(lines)

    assert lines[0] == "high-bill.wav, 2 min 2 s"
    assert lines[1].strip() == "Their stories that you gave back or acknowledged before you answered: 1 of 3."
    assert "You spoke 57 s, the customer 46 s" in text
    assert "Keep: Saying it back (0:18)" in text
    assert "Try: Acknowledging and reassuring (1:06)" in text
    assert lines[-1] == "Report: coaching/high-bill.html"
    assert max(map(len, lines)) <= 80


def test_while_roles_are_unsure_the_first_line_is_the_command_that_swaps(samples: ModuleType) -> None:
    made = samples.review()

    unsure = terminal_summary(replace(made, roles=replace(made.roles, confidence=0.69)), None)
    sure = terminal_summary(replace(made, roles=replace(made.roles, confidence=0.7)), None)

    assert "coach review --swap" in unsure[0]
    assert not any("--swap" in line for line in sure)


def test_no_advice_is_an_answer(samples: ModuleType) -> None:
    made = replace(samples.review(), coaching=Coaching())

    assert "Nothing to change in this call." in terminal_summary(made, None)


def test_what_cannot_be_known_is_said_with_its_reason(samples: ModuleType) -> None:
    text = "\n".join(terminal_summary(samples.transcript_only(), None))

    assert "the transcript carries no times of words" in text
    assert "0 s" not in text


def test_a_hostile_call_cannot_steer_the_terminal(samples: ModuleType) -> None:
    made = samples.saying(HOSTILE)

    lines = terminal_summary(made, Path(f"coaching/{clean(HOSTILE)[:40]}\x1b[31m.html"))

    assert not any(CONTROL.search(line) or "\n" in line for line in lines)
    assert max(len(line) for line in lines if not line.startswith("Report")) <= 80


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("- not a list", "\\- not a list"),
        ("3. not a list", "3\\. not a list"),
        ("4.50 a month", "4\\.50 a month"),
        ("see http://x", "see http\\://x"),
        ("a@b.c | <b> [card]", "a\\@b.c \\| \\<b\\> \\[card\\]"),
        ("two words - with a dash.", "two words - with a dash."),
    ],
)
def test_markdown_shows_text_as_text(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_markdown_of_a_hostile_call_holds_no_markup_of_it(samples: ModuleType) -> None:
    text = render_markdown(samples.saying(HOSTILE))

    assert "<script>" not in text.replace("\\<", "")
    assert re.search(r"(?<!\\)\[a\]\(", text) is None
    assert not CONTROL.search(text)
    assert not any(line.startswith("NOTE") for line in text.splitlines())


def test_markdown_has_the_parts_of_the_page(samples: ModuleType) -> None:
    text = render_markdown(samples.review())

    for heading in ("One to keep, one to try", "Moments", "The numbers", "What was said", "How it was heard"):
        assert f"## {heading}\n" in text
    assert "| Heard before solving | 1 of 3 |" in text
    assert "| Your share of the talking | 56% | 57 s of 1 min 43 s |" in text
    assert "**You** 0:18: That is a big jump" in text


def test_the_table_has_one_row_a_measure(samples: ModuleType) -> None:
    made = samples.review()

    rows = list(csv.DictReader(io.StringIO(render_csv([made, made]))))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2 * len(made.findings.measures)
    talk = next(row for row in rows if row["measure"] == "talk_ratio")
    assert (talk["call"], talk["value"], talk["numerator"], talk["denominator"]) == (
        "high-bill.wav", "0.55534", "57.2", "103.0",
    )  # fmt: skip
    missing = next(row for row in rows if row["measure"] == "pace_customer")
    assert missing["value"] == ""
    assert missing["why"] == "their words were not heard clearly enough to count"


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_hostile_name_stays_in_its_cell(samples: ModuleType) -> None:
    made = samples.review()
    rows = list(csv.reader(io.StringIO(render_csv(replace(made, recording=replace(made.recording, uri='=1,"\r\n@x'))))))

    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[1][0] == "'=1,\" @x"


def test_subtitles_have_one_cue_a_turn(samples: ModuleType) -> None:
    made = samples.review()
    blocks = render_vtt(made).strip().split("\n\n")

    assert blocks[0] == "WEBVTT"
    assert len(blocks) == 1 + len(made.conversation.turns)
    assert blocks[1] == (
        "00:00:00.600 --> 00:00:05.000\n<v Agent>Thank you for calling Riverbend Water and Power, this is Dana. "
        "How can I help you today?"
    )
    assert "<v Customer>" in blocks[2]


def test_a_cue_can_open_neither_a_tag_nor_another_cue(samples: ModuleType) -> None:
    text = render_vtt(samples.saying(HOSTILE))

    assert text.count("-->") == len(samples.review().conversation.turns)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert not CONTROL.search(text)


def test_cues_last_and_empty_turns_are_left_out(samples: ModuleType) -> None:
    made = samples.review()
    turns = (
        Turn("agent", "right", "turn", Interval(3599.9996, 3599.9996), samples.spoken(1, 2, "Hello.", 0.9)),
        Turn("customer", "left", "turn", Interval(3601, 3602), ()),
    )

    text = render_vtt(replace(made, conversation=replace(made.conversation, turns=turns)))

    assert "01:00:00.000 --> 01:00:00.001" in text
    assert "Customer" not in text


def test_one_side_alone_is_said_once(samples: ModuleType) -> None:
    made = samples.review()
    alone = replace(made, conversation=replace(made.conversation, parties=made.conversation.parties[:1]))

    lines = " ".join(terminal_summary(alone, None))

    assert lines.count("Only one side of the call") == 1
    assert "Heard before you answered" not in lines
    assert "Their stories" not in lines


def test_a_call_of_two_files_is_called_after_both(samples: ModuleType) -> None:
    made = samples.review()
    parts = (Part("agent", "monday-me.wav", "0" * 64), Part("customer", "monday-them.wav", "1" * 64))

    lines = terminal_summary(replace(made, recording=replace(made.recording, parts=parts)), None)

    assert lines[0].startswith("monday-me.wav + monday-them.wav, ")

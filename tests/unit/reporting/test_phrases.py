"""The product's sentences: one for everything that has a name, and none that blames."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from coach.conversation import ConfigurationError, Measure
from coach.reporting import phrases as module
from coach.reporting.phrases import TONES, Phrases, phrases
from coach.resources import resource

SCHEMA = json.loads(resource("reports", "review.schema.json").read_text())
KINDS = SCHEMA["$defs"]["moment"]["properties"]["kind"]["enum"]
MEASURES = SCHEMA["properties"]["measures"]["required"]

BLAME = re.compile(
    r"\b(wrong|bad|badly|worse|worst|poor|poorly|fail\w*|fault\w*|mistake\w*|error\w*|violat\w*|never|must|cold|rude|"
    r"lack\w*|weak\w*|unprofessional|robotic|interrupt\w*|careless\w*|ignored?|neglect\w*|forgot\w*|missed|should have|"
    r"you should|you did not|you didn't|you do not|you don't|you always|"
    r"too (?:much|many|long|fast|slow|little time)|penal\w*|deduct\w*|score too low|not good enough)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_moment_has_a_name_and_a_tone(kind: str) -> None:
    say = phrases()

    assert say.has(f"kind.{kind}.label")
    assert say.sentences[f"kind.{kind}.tone"] in TONES
    assert say.kind(kind, "customer")


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_name_a_meaning_and_a_group(name: str) -> None:
    say = phrases()

    assert say.has(f"measure.{name}.label")
    assert say.has(f"measure.{name}.about")
    assert say.has(f"groups.{say(f'measure.{name}.group')}")
    assert say(f"measure.{name}.of") in ("s", "n")


def test_the_file_names_nothing_that_the_review_file_does_not() -> None:
    named = {key.split(".")[1] for key in phrases().sentences if key.startswith(("kind.", "measure."))}

    assert named == {*KINDS, *MEASURES}


def test_no_sentence_blames_or_labels() -> None:
    blaming = {key: found[0] for key, text in phrases().sentences.items() if (found := BLAME.search(text))}

    assert blaming == {}


def test_what_the_customer_did_is_never_held_up_to_the_agent() -> None:
    say = phrases()

    assert {say.tone(kind, "customer") for kind in KINDS} <= {"plain", "quiet"}


def test_sentences_are_chosen_by_their_count() -> None:
    say = Phrases(
        {"x.none": "nothing", "x.one": "once", "x.many": "{n} times, {who}", "y.two": "twice", "y.many": "{n}"}
    )

    assert [say.count("x", n, who="you") for n in (0, 1, 2)] == ["nothing", "once", "2 times, you"]
    assert [say.count("y", n) for n in (0, 2, 3)] == ["0", "twice", "3"]


@pytest.mark.parametrize(
    ("drill", "called"),
    [
        ("late-fee-said-back", "Saying it back (late fee)"),
        ("any-call-let-finish", "Letting them finish (any call)"),
        ("The visit that never happened", "The visit that never happened"),
    ],
)
def test_a_drill_has_a_name_that_people_read(drill: str, called: str) -> None:
    assert phrases().drill(drill) == called


def test_a_value_that_looks_like_a_blank_stays_as_it_is() -> None:
    assert Phrases({"x": "said {text}"})("x", text="{n} {__class__}") == "said {n} {__class__}"


@pytest.mark.parametrize(
    ("measure", "value", "parts"),
    [
        (Measure.ratio("talk_ratio", 48, 109, empty="-"), "44%", "48 s of 1 min 49 s"),
        (Measure.ratio("heard_before_solving", 2, 4, empty="-"), "2 of 4", ""),
        (Measure.count("interruptions_by_agent", 1, per=0.76), "1", "in 0.8 min of the customer's speech"),
        (Measure("pace_agent", "words/min", 151.6, 190, 1.25), "152 a minute", "190 words in 1.2 min"),
        (Measure("patience", "s", 0.42), "0.4 s", ""),
        (Measure.missing("patience", "s", "one party only"), "not known", ""),
        (Measure("something_new", "count", 3), "3", ""),
    ],
)
def test_a_measure_reads_as_people_say_it(measure: Measure, value: str, parts: str) -> None:
    say = phrases()

    assert say.value(measure).replace("\u00a0", " ") == value
    assert say.parts(measure).replace("\u00a0", " ") == parts


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[page]\ntitle = ", "not valid TOML"),
        ("[page]\ntitle = 3", "page.title"),
        ("", "page.title"),
        ('[page]\ntitle = "{clal}"', "{clal}"),
    ],
)
def test_an_edit_that_cannot_be_used_says_where(
    content: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "phrases.toml").write_text(content)
    monkeypatch.setattr(module, "resource", lambda *names: tmp_path / names[-1])

    with pytest.raises(ConfigurationError, match=re.escape(told)):
        phrases()("page.title", call="x")


def test_an_edit_counts_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "phrases.toml"
    monkeypatch.setattr(module, "resource", lambda *names: tmp_path / names[-1])
    file.write_text('x = "before"')
    before = phrases()("x")
    file.write_text('x = "after, and longer"')
    os.utime(file, ns=(1, 1))

    assert (before, phrases()("x")) == ("before", "after, and longer")


def test_a_missing_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "resource", lambda *names: tmp_path / names[-1])

    with pytest.raises(ConfigurationError, match="cannot be read"):
        phrases()

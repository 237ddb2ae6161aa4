"""The two files that a supervisor may edit."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from coach.coaching.rubric import load_rubric, read_rubric
from coach.coaching.sentences import WANTED, load_sentences, read_sentences
from coach.conversation import ConfigurationError
from coach.resources import resource

RUBRIC = tomllib.loads(resource("models", "rubrics", "support.toml").read_text())
SENTENCES = tomllib.loads(resource("models", "sentences", "coaching.toml").read_text())

BLAME = re.compile(
    r"\b(fail\w*|bad\w*|poor\w*|wrong\w*|should(n't)? have|must|never|always|robotic\w*|cold\w*|rude\w*|careless\w*|"
    r"lazy|weak\w*|mistake\w*|error|fault|unprofessional|unacceptable|inadequate|disappointing|forgot\w*|ignored|"
    r"neglect\w*|score\w*|bossy|scripted|unfriendly|impatient|sloppy|terrible|awful|worse|worst|lack(s|ed|ing)?|"
    r"you didn't|you did not|you don't|you need to|you ought|why didn't you|problem with you)\b",
    re.IGNORECASE,
)
FEELING_OR_POLICY = re.compile(
    r"\b(i feel|i'm so|i remember|i recall|our policy|we always|i promise|i'm sorry)\b", re.I
)


def test_no_sentence_blames_or_labels() -> None:
    assert [sentence for sentence in load_sentences() if BLAME.search(sentence)] == []


def test_no_example_puts_a_feeling_a_memory_or_a_policy_in_a_mouth() -> None:
    assert [sentence for sentence in load_sentences() if FEELING_OR_POLICY.search(sentence)] == []


def test_every_promise_is_a_blank() -> None:
    promised = [s for s in load_sentences() if re.search(r"\bI'll\b(?! ___)", s)]

    assert promised == []


@pytest.mark.parametrize("blamed", ["You failed here.", "That was cold.", "You should have asked.", "A bad start"])
def test_the_test_for_blame_can_fail(blamed: str) -> None:
    assert BLAME.search(blamed)


def test_every_sentence_is_read_and_no_other() -> None:
    assert len(list(load_sentences())) == len(WANTED)


def edited(table: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(table)
    *above, key = path.split(".")
    at = changed
    for name in above:
        at = at.setdefault(name, {})
    if value is None:
        del at[key]
    else:
        at[key] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("keep.paraphrases", "Fine.", 'did you mean "keep.paraphrase"'),
        ("keep.paraphrase", None, "lacks the sentence keep.paraphrase"),
        ("keep.paraphrase", "It took {minutes}.", "a blank that nothing fills. Blanks it can have: {seconds}"),
        ("keep.paraphrase", "It took {seconds!r:>9}.", "a blank that nothing fills"),
        ("keep.paraphrase", "It took {seconds.", "brace without its pair"),
        ("keep.paraphrase", 7, "should be a sentence"),
        ("keep.paraphrase", " ", "should be a sentence"),
    ],
)
def test_a_sentence_that_cannot_be_said_is_refused(path: str, value: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_sentences(edited(SENTENCES, path, value), "coaching.toml")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("scoers", True, 'did you mean "scores"'),
        ("scores", "yes", "scores should be true or false"),
        ("coach", 1.5, "coach should be a number from 0 to 1"),
        ("heard", None, "heard should be a number"),
        ("name", None, "give it a name and a version"),
        ("weights.askin", 1.0, 'did you mean "asking"'),
        ("weights.asking", None, "asking should be a number"),
        ("try.missed_paraphrases", 1.0, 'did you mean "missed_paraphrase"'),
        ("try.blame", "much", "blame should be a number"),
        ("keep", 3, "keep should be a table"),
        ("topics.leak", "leak", "leak should be a list of texts"),
        ("quote.avoided", ["x"], 'did you mean "avoid"'),
        ("call_types.outage.not_applicable", ["aksing"], 'did you mean "asking"'),
        ("call_types.outage.weight", {}, 'did you mean "weights"'),
    ],
)
def test_a_rubric_that_cannot_be_is_refused(path: str, value: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_rubric(edited(RUBRIC, path, value), "support.toml")


def test_the_rubric_that_ships_is_quiet_about_scores() -> None:
    assert load_rubric().scores is False
    assert load_rubric().name == "support"


def test_a_rubric_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(
        resource("models", "rubrics", "support.toml").read_text().replace('\nname = "support"', '\nname = "ours"')
    )

    assert load_rubric(str(own)).name == "ours"


def test_a_rubric_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match='did you mean "support"'):
        load_rubric("suport")


def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ")

    with pytest.raises(ConfigurationError, match=r"broken\.toml is not TOML"):
        load_rubric(str(broken))

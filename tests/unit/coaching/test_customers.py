"""The customers to practise with, as a file that may be edited."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import Any

import pytest

from coach.coaching.customers import CALLS_FOR, load_starters, read_starters
from coach.coaching.drills import ANY, SUFFIX
from coach.coaching.rubric import load_rubric
from coach.conversation import ConfigurationError
from coach.resources import resource

TABLE = tomllib.loads(resource("models", "drills", "starter.toml").read_text("utf-8"))


def test_every_drill_that_a_review_can_name_is_there() -> None:
    starters = load_starters()
    for topic in (*load_rubric().topics, ANY):
        for suffix in SUFFIX.values():
            found = starters.find(f"{topic}-{suffix}")
            assert found is not None
            assert CALLS_FOR[suffix] in found.calls_for, (topic, suffix)


@pytest.mark.parametrize("topic", [*load_rubric().topics])
def test_what_it_is_about_is_kept_where_somebody_is_of_that_topic(topic: str) -> None:
    found = load_starters().find(f"{topic}-said-back")
    assert found is not None
    assert found.topic == topic


def test_a_topic_that_nobody_has_finds_somebody_else_and_a_name_of_no_drill_nobody() -> None:
    leak = load_starters().find("leak-acknowledged")
    assert leak is not None
    assert leak.topic == ANY
    assert load_starters().find("leak") is None


def test_the_names_do_not_tell_what_to_listen_for() -> None:
    for customer in load_starters().customers:
        assert not re.search(r"empath|acknowledg|said-back|finish|plain|room", customer.id)


def test_plain_questions_are_mixed_in() -> None:
    customers = load_starters().customers
    assert 0.25 < sum(customer.plain for customer in customers) / len(customers) < 0.5
    assert {"high-bill", "shut-off", "late-fee", "arrangement", "misread", "assistance", "deposit"} <= {
        customer.topic for customer in customers
    }
    assert any("until you tell me what I want to hear" in customer.says for customer in customers)


def test_a_way_to_begin_promises_nothing() -> None:
    for customer in load_starters().customers:
        assert not re.search(r"\bI'll (?!___)", customer.begin), customer.id
        assert not re.search(r"\b(I feel|I remember|our policy|we always|I promise)\b", customer.begin), customer.id


def edited(at: str, value: object) -> dict[str, Any]:
    table = copy.deepcopy(TABLE)
    *above, key = at.split(".")
    inner: Any = table
    for name in above:
        inner = inner[int(name) if name.isdigit() else name]
    if value is None:
        del inner[key]
    else:
        inner[key] = value
    return table


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        ("drills", [], 'did you mean "drill"'),
        ("drill", [], "there should be drills"),
        ("drill", "high-bill", "there should be drills"),
        ("drill.1.id", "high-bill", 'two drills are called "high-bill"'),
        ("drill.0.customer", None, "drill 1: customer should be some text"),
        ("drill.0.customer", 3, "drill 1: customer should be some text"),
        ("drill.0.scren", "x", 'did you mean "screen"'),
        ("drill.0.calls_for", ["acknowleged"], 'did you mean "acknowledged"'),
        ("drill.0.feelings", ["wory"], 'did you mean "worry"'),
        ("words.longest", "many", "longest should be a number"),
        ("formulas.said", "rest assured", "should be a list of texts"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_place(at: str, value: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_starters(edited(at, value), "starter.toml")

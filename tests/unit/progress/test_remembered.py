"""What earlier calls changed is in the review file, on the page, in Markdown and in the terminal; else nowhere."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from coach.conversation import Remembered, Review
from coach.reporting.html import render_html
from coach.reporting.markdown import render_markdown
from coach.reporting.summary import terminal_summary
from coach.reporting.view import as_json
from coach.resources import resource

SAID = Remembered(("a" * 64,), noticed="Twice in a row now: <b>it</b> went well.", rest="A break, perhaps?")


@pytest.fixture(scope="module")
def samples() -> ModuleType:
    path = Path(__file__).parents[1] / "reporting" / "samples.py"
    spec = importlib.util.spec_from_file_location("remembered_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def remembering(samples: ModuleType) -> Review:
    review: Review = samples.review()
    return replace(review, coaching=replace(review.coaching, because_of=SAID))


def test_it_is_told_everywhere(samples: ModuleType) -> None:
    review = remembering(samples)
    told = "\n".join(terminal_summary(review, None))

    assert "&lt;b&gt;it&lt;/b&gt; went well." in render_html(review)
    assert "A break, perhaps?" in render_html(review)
    assert r"\<b\>it\</b\> went well." in render_markdown(review)
    assert "Twice in a row now" in told
    assert "A break, perhaps?" in told


def test_the_review_file_says_what_it_rests_on(samples: ModuleType) -> None:
    written = as_json(remembering(samples))["coaching"]

    assert isinstance(written, dict)
    assert written["because_of"] == {
        "calls": ["a" * 64], "passed_over": None, "noticed": SAID.noticed, "rest": SAID.rest,
    }  # fmt: skip
    schema = json.loads(resource("reports", "review.schema.json").read_text())
    assert set(schema["properties"]["coaching"]["properties"]["because_of"]["required"]) == set(written["because_of"])


def test_without_memory_nothing_of_it_is_written(samples: ModuleType) -> None:
    coaching = as_json(samples.review())["coaching"]

    assert isinstance(coaching, dict)
    assert "because_of" not in coaching
    assert 'class="remembered"' not in render_html(samples.review())


def test_two_reasons_are_put_together() -> None:
    both = Remembered(("a", "b"), passed_over="Asking") | Remembered(("b", "c"), noticed="Well.")

    assert both == Remembered(("a", "b", "c"), "Asking", "Well.")
    assert both | None == both

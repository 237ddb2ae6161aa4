"""Every sentence of a shift's pages: none blames, none is missing, none is left over."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from coach.app.shift.policy import SEES
from coach.conversation import ConfigurationError
from coach.reporting.phrases import SHIFT, Phrases, phrases
from coach.reporting.shift_notice import SEES as NOTICED
from coach.reporting.shift_notice import notice
from coach.reporting.shift_values import Figure, Period, SoFar
from coach.reporting.shift_words import Teller
from coach.resources import resource
from tests.unit.shift.made import policy

ROOT = Path(__file__).parents[3]
SENTENCES = phrases(SHIFT).sentences
RANKING = re.compile(
    r"\b(best|worst|top|bottom|rank(s|ed|ing)?|league|leader\w*|outperform\w*|underperform\w*|above average"
    r"|below average|target\w*|productiv\w*|behaviou?r|attitude|mood|emotion\w*|sentiment)\b",
    re.IGNORECASE,
)
DENIED = {"notice.who_nobody", "refused.not_set_up"}
"""Sentences that say that there is no ranking."""


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "test", ["tests/unit/reporting/test_phrases.py", "tests/unit/coaching/test_rubric_and_sentences.py"]
)
def test_no_sentence_blames_or_labels(test: str) -> None:
    blame: re.Pattern[str] = load(test).BLAME

    assert {key: found[0] for key, text in SENTENCES.items() if (found := blame.search(text))} == {}


def test_no_sentence_ranks_or_reads_minds() -> None:
    ranking = {key for key, text in SENTENCES.items() if RANKING.search(text)}

    assert ranking == DENIED
    assert RANKING.search("your best agents")


def keys_in(source: str) -> set[str]:
    """Return the sentences that a template or module names; a name that is put together ends with a dot or a line."""
    return {key for key in re.findall(r"[\"']([a-z_]+\.[a-z_.{}]+)[\"']", source)}


def test_every_sentence_is_said_somewhere() -> None:
    sources = [
        *resource("reports", "templates").glob("shift*.j2"),
        *resource("reports", "templates").glob("agent*.j2"),
        *(ROOT / "coach" / "reporting").glob("shift*.py"),
        *(ROOT / "coach" / "app" / "shift").glob("*.py"),
    ]
    text = "\n".join(path.read_text() for path in sources)
    whole = keys_in(text)
    # Names that are put together: “left.” ~ key, f"sees.{what}", say.count("team.hard", …).
    started = {key for key in re.findall(r"[\"']([a-z_]+\.[a-z_]*)(?=[\"']\s*~|\{)", text)}
    counted = {key.rpartition(".")[0] for key in SENTENCES if key.rpartition(".")[2] in ("none", "one", "two", "many")}

    def said(key: str) -> bool:
        stem = key.rpartition(".")[0]
        return key in whole or (stem in counted and stem in whole) or any(key.startswith(start) for start in started)

    assert not said("shift.left_over")
    assert [key for key in SENTENCES if not said(key)] == []


def test_every_thing_to_see_has_its_words() -> None:
    say = phrases(SHIFT)

    assert SEES == NOTICED
    assert all(say.has(f"sees.{what}") for what in SEES)


def test_the_notice_in_the_documents_is_the_one_that_the_program_makes() -> None:
    assert (ROOT / "docs" / "for-staff.md").read_text(encoding="utf-8") == notice()


def test_the_notice_says_what_was_agreed() -> None:
    text = notice(policy(sees=frozenset({"workload"}), keep_days=30).agreement)

    for told in ("Dana Fox, billing", "30 days", "20 February 2026", "how many calls there were", "20 opportunities"):
        assert told in text
    assert "a short list of calls" not in text
    assert "____" not in text


def test_a_notice_before_anybody_was_told_leaves_the_day_to_be_written_in() -> None:
    text = notice(policy().agreement, told=False)

    assert text.count("__________") == 1
    assert "You were told on __________." in text
    assert "is kept for one day from the call" in notice(policy(keep_days=1).agreement)


def test_a_name_in_the_notice_is_no_markup() -> None:
    assert "[x](http://evil)" not in notice(policy(supervisors=("[x](http://evil)",)).agreement)


def test_small_samples_are_told_in_words() -> None:
    tell = Teller(phrases(SHIFT))
    plain = lambda text: text.replace("\u00a0", " ")  # noqa: E731

    assert plain(tell.so_far(SoFar(9, 4))) == "not enough yet: 9 of 20 opportunities so far"
    assert plain(tell.so_far(SoFar(30, 8))) == "not enough yet: 30 opportunities so far, from 8 of 10 calls"
    assert plain(tell.likely(Figure(12, 20, 10, 0.39, 0.78))) == "likely between 39% and 78%, from 10 calls"
    assert tell.period(Period(None, None, Figure(12, 20, 10, 0.39, 0.78))) == "days not known"


def test_a_sentence_that_was_taken_out_is_named_with_its_file() -> None:
    with pytest.raises(ConfigurationError, match=r"reports/templates/shift\.toml has no sentence “x\.y”"):
        Phrases({}, "reports/templates/shift.toml")("x.y")

from collections.abc import Callable

import pytest

from coach.analysis import lexicons
from coach.analysis.analyse import ANALYZERS, analyse, definitions, prepare
from coach.conversation import ConfigurationError, Conversation
from tests.benchmarks.analysis_speed import call

LINES = (
    ("customer", "My bill went from ninety dollars to one eighty five and I'm really worried, I can't afford that."),
    ("agent", "So it doubled to one eighty five. That must be a worry. I'll send a technician by Thursday."),
)


def test_every_measure_and_kind_found_has_a_definition(talk: Callable[..., Conversation]) -> None:
    found = analyse(talk(*LINES))

    names = {measure.name for measure in found.measures} | {moment.kind for moment in found.moments}
    assert names <= definitions().keys()


def test_no_measure_comes_twice(talk: Callable[..., Conversation]) -> None:
    names = [measure.name for measure in analyse(talk(*LINES)).measures]

    assert len(names) == len(set(names))


def test_moments_come_in_order(talk: Callable[..., Conversation]) -> None:
    starts = [moment.start for moment in analyse(talk(*LINES)).moments]

    assert starts == sorted(starts)


def test_only_the_named_analysers_run(talk: Callable[..., Conversation]) -> None:
    assert {m.name for m in analyse(talk(*LINES), ["pace"]).measures} == {"pace_agent", "pace_customer"}


def test_an_unknown_analyser_is_refused_with_the_known_ones(talk: Callable[..., Conversation]) -> None:
    with pytest.raises(ConfigurationError, match="listening"):
        analyse(talk(*LINES), ["lisening"])


def test_analysers_are_named_as_they_name_themselves() -> None:
    assert all(name == analyzer.name for name, analyzer in ANALYZERS.items())


def test_a_lexicon_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="Restore it"):
        lexicons.load("nowhere")


def test_every_phrase_list_can_be_compiled() -> None:
    assert all(lexicons.pattern(name) for name, entry in lexicons.load("phrases").items() if isinstance(entry, list))


def test_what_was_prepared_is_not_compiled_again_in_a_call(talk: Callable[..., Conversation]) -> None:
    lexicons._compiled.cache_clear()
    prepare()
    compiled = lexicons._compiled.cache_info().misses

    analyse(call(6.0, 40))
    analyse(talk(*LINES))

    assert compiled > 100
    assert lexicons._compiled.cache_info().misses - compiled <= len(PARTS)


PARTS = ("when", "not_to_worry")
"""Lists that are part of others and asked for by themselves as well."""

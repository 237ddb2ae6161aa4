import copy
import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coach.conversation import TranscriptError, total
from coach.speech.importing.imported import Imported
from coach.speech.importing.placing import Unplaced, place
from coach.speech.importing.read import read_transcript

SAMPLES = Path(__file__).parents[1] / "calls" / "transcripts"
JSON_SAMPLES = {path.name: json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))}
CUE_SAMPLES = [path.read_bytes() for path in sorted(SAMPLES.glob("*.[vs][tr]t"))]


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "call.json"


def check(path: Path, data: bytes) -> Imported | None:
    """Read it: an import that keeps its promises, or one refusal; anything else fails the test."""
    path.write_bytes(data)
    try:
        call = read_transcript(path)
    except TranscriptError:
        return None
    words = [word for speaker in call.speakers for word in call.words[speaker]]
    assert words
    assert len(words) == sum(len(segment.words) for segment in call.transcript.segments)
    assert all(0 <= word.start <= word.end <= call.duration for word in words)
    assert all(word.text and word.text.split() == [word.text] for word in words)
    assert all(word.text.encode() for word in words)  # no lone surrogates: a report can be written
    assert all(word.confidence is None or 0 <= word.confidence <= 1 for word in words)
    starts = [segment.interval.start for segment in call.transcript.segments]
    assert starts == sorted(starts)
    assert (call.speech is not None) == call.word_times
    if call.speech is not None:
        assert set(call.speech) == set(call.speakers)
        assert all(total(theirs) <= call.duration + 1e-6 for theirs in call.speech.values())
    assert set(call.roles) <= set(call.speakers)
    return call


numbers = st.one_of(st.integers(-(10**6), 10**12), st.floats(), st.just(10**400), st.just(-0.0))
leaves = st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=8), numbers.map(repr))
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "segments words word start end speaker results items channels alternatives Transcript Items Content "
                "BeginOffsetMillis type content start_time text".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(data=st.binary(max_size=200))
@example(data=b"\xff\xfe\x00")
@example(data=b"\xef\xbb\xbf\xef\xbb\xbf{}")
def test_any_bytes_are_an_import_or_a_refusal(path: Path, data: bytes) -> None:
    check(path, data)


@quick
@given(value=st.dictionaries(st.sampled_from(["segments", "results", "Transcript", "metadata"]), anything, max_size=3))
def test_any_json_is_an_import_or_a_refusal(path: Path, value: dict[str, Any]) -> None:
    check(path, json.dumps(value).encode())


def places(value: dict[str, Any] | list[Any]) -> Iterator[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inside in pairs:
        yield value, key
        if isinstance(inside, dict | list):
            yield from places(inside)


@settings(quick, max_examples=150)
@given(data=st.data(), name=st.sampled_from(sorted(JSON_SAMPLES)))
def test_a_good_file_with_damage_is_an_import_or_a_refusal(path: Path, data: st.DataObject, name: str) -> None:
    document = copy.deepcopy(JSON_SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        left = list(places(document))
        if not left:
            break
        inside, key = data.draw(st.sampled_from(left))
        if isinstance(inside, dict) and data.draw(st.booleans()):
            inside.pop(key, None)
        else:
            inside[key] = data.draw(leaves)
    check(path, json.dumps(document).encode())


@quick
@given(data=st.data(), sample=st.sampled_from(CUE_SAMPLES))
def test_damaged_or_cut_subtitles_are_an_import_or_a_refusal(path: Path, data: st.DataObject, sample: bytes) -> None:
    cut = data.draw(st.integers(0, len(sample)))
    at = data.draw(st.integers(0, cut))
    check(path, sample[:at] + data.draw(st.binary(max_size=6)) + sample[at:cut])


@quick
@given(data=st.data(), name=st.sampled_from(sorted(JSON_SAMPLES)))
def test_a_file_cut_off_is_refused(path: Path, data: st.DataObject, name: str) -> None:
    whole = json.dumps(JSON_SAMPLES[name])
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert check(path, whole[:cut].encode()) is None


# Quarter seconds are exact in binary, so equality needs no tolerance.
quarters = st.integers(0, 80).map(lambda n: n / 4)


@quick
@given(texts=st.lists(st.text("ab7", min_size=1, max_size=5), min_size=1, max_size=8), start=quarters, length=quarters)
def test_words_spread_over_a_cue_fill_it_in_order(texts: list[str], start: float, length: float) -> None:
    words = place([Unplaced(text) for text in texts], start, start + length)
    assert [word.text for word in words] == texts
    assert words[0].start == start
    assert words[-1].end == pytest.approx(start + length)
    assert all(before.end == after.start for before, after in pairwise(words))


times = st.one_of(st.none(), quarters)


@quick
@given(words=st.lists(st.builds(Unplaced, st.text("ab7", min_size=1, max_size=4), times, times), max_size=8))
def test_words_that_have_both_times_keep_them(words: list[Unplaced]) -> None:
    placed = place(words, None, None)
    assert [word.text for word in placed] == [word.text for word in words]
    for given_word, word in zip(words, placed, strict=True):
        assert 0 <= word.start <= word.end
        if given_word.start is not None and given_word.end is not None and given_word.start <= given_word.end:
            assert (word.start, word.end, word.interpolated) == (given_word.start, given_word.end, False)


@quick
@given(delay=quarters)
def test_delaying_a_transcript_delays_every_word(path: Path, delay: float) -> None:
    document = copy.deepcopy(JSON_SAMPLES["whisperx.json"])
    before = check(path, json.dumps(document).encode())
    for inside, key in list(places(document)):
        if key in {"start", "end"}:
            inside[key] += delay
    after = check(path, json.dumps(document).encode())
    assert before is not None
    assert after is not None
    for speaker in before.speakers:
        for early, late in zip(before.words[speaker], after.words[speaker], strict=True):
            assert (late.start, late.end) == pytest.approx((early.start + delay, early.end + delay))
            assert late.text == early.text

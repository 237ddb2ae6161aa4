"""Configured patterns: what they read, and how a wrong one is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.intake.patterns import Pattern, first_told
from coach.app.intake.times import Zone
from coach.app.settings import gather
from coach.conversation import ConfigurationError

CHICAGO = Zone("America/Chicago")


def values(text: str, path: str) -> dict[str, object]:
    told = first_told([Pattern.of("p", text)], PurePosixPath(path), CHICAGO)
    return {name: known.value for name, known in told.known.items()}


def test_groups_are_fields() -> None:
    text = r"(?P<agent>[a-z]+)_(?P<date>[\d-]+)_(?P<time>\d+)_(?P<direction>in|out)_(?P<customer>\d+)"
    told = Pattern.of("desk", text, "coach.toml").told(
        PurePosixPath("/x/dana_2026-03-02_0914_in_2125550188.wav"), CHICAGO
    )

    assert told is not None
    assert {name: known.value for name, known in told.known.items()} == {
        "agent": "dana",
        "started_at": datetime(2026, 3, 2, 9, 14, tzinfo=timezone(timedelta(hours=-6))),
        "direction": "inbound",
    }
    assert told.private == ("2125550188",)
    assert told.known["agent"].source == 'the pattern "desk" (coach.toml)'


@pytest.mark.parametrize(
    ("text", "path", "at"),
    [
        (
            r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>\d{4})-(?P<hour>\d\d)(?P<minute>\d\d)(?P<utc>Z)",
            "03022026-0914Z.wav",
            9,
        ),
        (r"x-(?P<epoch>\d+)", "x-1772460843.wav", 14),
        (r"(?P<started_at>\d{14})(?P<utc>Z?)", "20260302091400Z.wav", 9),
        (r"(?P<date>\d{8})T(?P<time>\d\d:\d\d)(?P<utc>_UTC)", "20260302T09:14_UTC.wav", 9),
    ],
)
def test_times_are_put_together(text: str, path: str, at: int) -> None:
    found = values(text, path)["started_at"]

    assert isinstance(found, datetime)
    assert found.replace(second=0) == datetime(2026, 3, 2, at, 14, tzinfo=UTC)


def test_a_pattern_holds_for_the_end_of_a_path_and_all_of_it() -> None:
    text = r"(?P<agent>[^/]+)/\d+"

    assert values(text, "/calls/dana/0001.wav") == {"agent": "dana"}
    assert values(text, "/calls/dana/x0001.wav") == {}
    assert values(text, "/calls/dana/0001-b.wav") == {}
    assert values(r"ana/\d+(?P<id>)", "/calls/dana/0001.wav") == {}


def test_the_first_pattern_that_matches_counts() -> None:
    patterns = [Pattern.of("a", r"(?P<agent>x)"), Pattern.of("b", r"(?P<agent>\w+)"), Pattern.of("c", r"(?P<id>\w+)")]

    told = first_told(patterns, PurePosixPath("dana.wav"), CHICAGO)

    assert list(told.known) == ["agent"]


def test_what_a_group_takes_and_cannot_be_is_told() -> None:
    told = Pattern.of("p", r"(?P<date>\d{8})-(?P<direction>\w+)").told(PurePosixPath("20261399-up.wav"), CHICAGO)

    assert told is not None
    assert told.known == {}
    assert ["started_at" in note or "direction" in note for note in told.notes] == [True, True]


def test_halves_share_all_but_whose_they_are() -> None:
    pattern = Pattern.of("legs", r"(?P<id>\d+)-(?:(?P<customer_side>rx)|(?P<agent_side>tx))")
    one, other = (pattern.told(PurePosixPath(f"/c/12-{leg}.wav"), CHICAGO) for leg in ("rx", "tx"))

    assert one is not None
    assert other is not None
    assert (one.side, other.side, one.pair) == ("customer", "agent", other.pair)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("'(?P<agnt>x)'", 'has a group "agnt"; did you mean "agent"'),
        ("'(?P<agent>x'", "is no regular expression"),
        ("'(x)'", "no named group"),
        ("3", "expected a table of patterns"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_with_the_file(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "coach.toml").write_text(f"[sources]\ndesk = {text}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as refused:
        gather({}, environment={}, folder=tmp_path)

    assert str(refused.value).startswith("coach.toml: sources: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("name", "sentence"), [("America/Chicgo", "America/Chicago"), ("CST7", "such as"), ("/etc", "")]
)
def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "coach.toml").write_text(f'timezone = "{name}"', encoding="utf-8")

    with pytest.raises(ConfigurationError, match="there is no time zone") as refused:
        gather({}, environment={}, folder=tmp_path)

    assert sentence in str(refused.value)


@given(st.text(max_size=60))
def test_no_path_breaks_a_pattern(path: str) -> None:
    for text in (r"(?P<agent>.*)", r"(?P<date>.*)-(?P<time>.*)", r".*(?P<epoch>\d+)", r"(?P<duration>.*)(?P<utc>)"):
        Pattern.of("p", text).told(PurePosixPath(path), CHICAGO)

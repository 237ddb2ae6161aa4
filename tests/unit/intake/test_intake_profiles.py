"""What phone systems' names tell, and what they do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.intake.known import Told
from coach.app.intake.profiles import PROFILES, Named, profile_told
from coach.app.intake.times import Zone

CHICAGO = Zone("America/Chicago")
CONTACT = "0f1e2d3c-0000-1111-2222-333344445555"
EPOCH = 1_772_460_843  # 2026-03-02 14:14:03 UTC


def told(path: str, local: Path | None = None) -> Told:
    return profile_told(Named(PurePosixPath(path), local, CHICAGO))


def values(path: str) -> dict[str, object]:
    return {name: known.value for name, known in told(path).known.items()}


def test_a_call_to_an_extension_names_agent_customer_and_zone() -> None:
    found = told(f"/rec/external-101-2125550188-20260302-091405-{EPOCH}.12.wav")

    assert {name: known.value for name, known in found.known.items()} == {
        "id": f"{EPOCH}.12",
        "agent": "101",
        "direction": "inbound",
        "started_at": datetime(2026, 3, 2, 9, 14, 5, tzinfo=timezone(timedelta(hours=-5))),
    }
    assert found.private == ("2125550188",)
    assert "UTC-05:00" in str(found.known["started_at"].note)


def test_a_call_out_names_the_caller_as_the_agent() -> None:
    found = told(f"out-+12125550188-104-20260302-141405-{EPOCH}.12.WAV")

    assert (found.known["agent"].value, found.known["direction"].value) == ("104", "outbound")
    assert found.private == ("+12125550188",)
    assert found.known["started_at"].value == datetime(2026, 3, 2, 14, 14, 5, tzinfo=UTC)


def test_a_queue_does_not_say_who_answered() -> None:
    found = told(f"q-600-2125550188-20260302-091405-{EPOCH}.12.wav")

    assert found.known["queue"].value == "600"
    assert "agent" not in found.known
    assert "who answered" in found.notes[0]


def test_two_extensions_are_two_agents_and_so_none() -> None:
    found = told(f"internal-101-102-20260302-091405-{EPOCH}.12.wav")

    assert found.known["direction"].value == "internal"
    assert "agent" not in found.known
    assert found.private == ()


def test_a_clock_that_no_zone_explains_is_told() -> None:
    found = told(f"external-101-2125550188-20260302-092205-{EPOCH}.12.wav")

    assert found.known["started_at"].value == datetime(2026, 3, 2, 9, 22, 5, tzinfo=timezone(timedelta(hours=-6)))
    assert "America/Chicago" in str(found.known["started_at"].note)
    assert "any time zone" in found.notes[0]


def test_a_date_that_is_none_leaves_the_channels_own_time() -> None:
    found = told(f"external-101-2125550188-20261399-091405-{EPOCH}.12.wav")

    assert found.known["started_at"].value == datetime(2026, 3, 2, 14, 14, 3, tzinfo=UTC)
    assert found.notes


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        (f"external-101-2125550188-20260302-091405-{EPOCH}.12", ("customer", "agent")),
        (f"out-2125550188-101-20260302-091405-{EPOCH}.12", ("agent", "customer")),
        (f"internal-102-101-20260302-091405-{EPOCH}.12", (None, None)),
    ],
)
def test_in_is_what_the_calling_channel_sent(name: str, sides: tuple[str | None, str | None]) -> None:
    one, other = told(f"{name}-in.wav"), told(f"{name}-out.wav")

    assert (one.side, other.side) == sides
    assert one.pair == other.pair


def test_amazon_connect_names_the_minute_in_utc_and_the_channel() -> None:
    assert values(f"2026/03/02/{CONTACT}_20260302T14:14_UTC.wav") == {
        "id": CONTACT,
        "started_at": datetime(2026, 3, 2, 14, 14, tzinfo=UTC),
        "agent_channel": "right",
    }


def test_twilio_names_nothing_but_itself_and_the_channel_is_less_sure() -> None:
    found = told(f"RE{'0' * 32}.wav")

    assert {name: known.value for name, known in found.known.items()} == {
        "id": "RE" + "0" * 32,
        "agent_channel": "right",
    }
    assert found.known["agent_channel"].note == "75% sure"


def test_zoom_names_the_second_in_gmt() -> None:
    assert values("GMT20221115-181507_88v27Vl8TzyusVnY6y2uHw_VoiceRecording.mp3") == {
        "id": "88v27Vl8TzyusVnY6y2uHw",
        "started_at": datetime(2022, 11, 15, 18, 15, 7, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("metadata", "agent", "note"),
    [
        ({"mediaType": "Call", "userIds": ["u-1"]}, "u-1", None),
        ({"mediaType": "Call", "userIds": ["u-1", "u-2"]}, None, "2 users"),
        ({"mediaType": "Call"}, None, "no users"),
        ({"mediaType": "Screen", "userIds": ["u-1"]}, "u-1", "no call"),
        ([], None, "no users"),
        ("[", None, "cannot be read"),
        (None, None, "no _metadata.json"),
    ],
)
def test_genesys_tells_the_hour_and_who_where_it_was_one(
    tmp_path: Path, metadata: object, agent: str | None, note: str | None
) -> None:
    folder = tmp_path / "org/year=2026/month=3/day=02/hour=14" / f"conversation_id={CONTACT}"
    folder.mkdir(parents=True)
    if metadata is not None:
        text = metadata if isinstance(metadata, str) else json.dumps(metadata)
        (folder / "aa_metadata.json").write_text(text, encoding="utf-8")

    found = told((folder / "aa.wav").as_posix(), folder / "aa.wav")

    assert found.known["started_at"].value == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert "hour alone" in str(found.known["started_at"].note)
    assert found.known["id"].value == CONTACT
    assert (found.known["agent"].value if "agent" in found.known else None) == agent
    assert note is None or note in " ".join(found.notes)


@pytest.mark.parametrize(
    "name",
    [
        "call.wav",
        "20260302_0914_dana.wav",
        "GMT_x.mp3",
        "year=2026/call.wav",
        "external-101.wav",
        "RE12.wav",
        "agent.wav",
    ],
)
def test_a_name_of_nobodys_tells_nothing(name: str) -> None:
    assert told(name) == Told()


moments = st.datetimes(datetime(2002, 1, 1), datetime(2033, 1, 1)).map(lambda at: at.replace(microsecond=0))
offsets = st.sampled_from([-11, -9.5, -8, -5, -3.5, 0, 1, 3, 5.5, 5.75, 9, 13]).map(
    lambda hours: timedelta(hours=hours)
)
digits = st.text("0123456789", min_size=7, max_size=15)


@given(moments, offsets, st.integers(0, 290), digits, st.from_regex(r"[1-9]\d{2,4}", fullmatch=True))
def test_any_server_in_any_zone_is_placed_by_its_own_clock(
    began: datetime, offset: timedelta, late: int, customer: str, extension: str
) -> None:
    epoch = int(began.replace(tzinfo=UTC).timestamp())
    at = began + timedelta(seconds=late)
    name = f"external-{extension}-{customer}-{at + offset:%Y%m%d-%H%M%S}-{epoch}.7.wav"

    found = told(name)

    assert found.known["started_at"].value == at.replace(tzinfo=UTC)
    assert found.known["agent"].value == extension
    assert found.private == (customer,)


@given(st.text(max_size=80))
def test_no_name_whatever_breaks_a_profile(name: str) -> None:
    for profile in PROFILES.values():
        found = profile(Named(PurePosixPath(name), None, Zone()))
        assert found is None or isinstance(found, Told)


@given(
    st.from_regex(
        r"(out|in|external|q|rg|force|conf)-[^-\n/]{0,9}-[^-\n/]{0,15}-\d{8}-\d{6}-1\d{9}\.\d{1,4}\.wav", fullmatch=True
    )
)
def test_whatever_stands_in_a_monitor_name_is_read_or_left(name: str) -> None:
    found = told(name)

    assert {"id", "started_at"} <= set(found.known) or found == Told()
    assert all(known.value != "" for known in found.known.values())

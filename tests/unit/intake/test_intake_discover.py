"""Which recordings there are, in which order, and what is known of each."""

from __future__ import annotations

import json
import os
import wave
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from coach.app.intake.discover import Sources, discover, sources_of
from coach.app.intake.known import Discovery
from coach.app.intake.patterns import Pattern
from coach.app.intake.times import Zone
from coach.app.settings import gather
from coach.conversation import UsageError

MONITOR = "external-101-2125550188-20260302-091405-1772460843.12"
SOURCES = Sources(zone=Zone("UTC"))


def wav(path: Path, channels: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\0" * channels * 800)
    return path


def names(found: Discovery) -> list[str]:
    return [Path(call.uri).name for call in found.found]


def test_a_folder_is_walked_in_one_order_and_only_recordings_are_taken(tmp_path: Path) -> None:
    for name in ("b.wav", "a.WAV", "z/1.mp3", "c/2.sln", "notes.txt", ".hidden.wav", ".trash/3.wav", "@eaDir/4.wav"):
        wav(tmp_path / name)
    wav(tmp_path / "d.wav.part")
    wav(tmp_path / "e.tmp.wav")
    (tmp_path / "f.wav").touch()

    found = discover([tmp_path], sources=SOURCES)

    assert names(found) == ["a.WAV", "b.wav", "2.sln", "1.mp3"]
    assert [(Path(one.uri).name, one.reason.split(".")[0]) for one in found.skipped] == [
        ("d.wav.part", "is still being written, by its name"),
        ("e.tmp.wav", "is still being written, by its name"),
    ]
    assert [one.reason.split(" (")[0] for one in found.refused] == ["f.wav: is empty"]


def test_links_do_not_lead_out_of_a_folder_nor_in_circles(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    wav(inside / "a.wav")
    wav(outside / "b.wav")
    (inside / "twice.wav").symlink_to(inside / "a.wav")
    (inside / "out.wav").symlink_to(outside / "b.wav")
    (inside / "folder").symlink_to(outside)
    (inside / "circle").symlink_to(inside)
    (inside / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (inside / "loop.wav").symlink_to(inside / "loop.wav")
    (inside / "gone.txt").symlink_to(tmp_path / "nowhere.txt")

    found = discover([inside], sources=SOURCES)

    assert names(found) == ["a.wav"]
    assert {Path(one.uri).name: "out of" in one.reason for one in found.skipped} == {
        "twice.wav": False,
        "circle": False,
        "out.wav": True,
        "folder": True,
    }
    assert {Path(one.uri).name: one.reason for one in found.refused} == {
        name: "is a link that leads nowhere. Name what it should lead to, or remove it."
        for name in ("gone.wav", "loop.wav")
    }
    assert names(discover([inside / "out.wav"], sources=SOURCES)) == ["out.wav"]


def test_our_own_reports_are_no_recordings(tmp_path: Path) -> None:
    wav(tmp_path / "call.wav")
    for stem, report in (("long", "json"), ("page", "html"), ("other", "json"), ("alone", "txt")):
        wav(tmp_path / f"{stem}.mp3")
        head = '<meta name="coach-source" content="ab">' if report == "html" else '{"schema": "coach.review/1"}'
        (tmp_path / f"{stem}.{report}").write_text(head if stem != "other" else "{}", encoding="utf-8")
    wav(tmp_path / "coaching" / "old.mp3")

    found = discover([tmp_path], sources=Sources(own=frozenset({(tmp_path / "coaching").resolve()})))

    assert names(found) == ["alone.mp3", "call.wav", "other.mp3"]
    assert {Path(one.uri).name for one in found.skipped} == {"long.mp3", "page.mp3", "coaching"}
    assert names(discover([tmp_path / "long.mp3"], sources=SOURCES)) == ["long.mp3"]


def test_what_is_named_twice_is_reviewed_once(tmp_path: Path) -> None:
    call = wav(tmp_path / "a.wav")

    found = discover([call, tmp_path, tmp_path / "." / "a.wav"], sources=SOURCES)

    assert names(found) == ["a.wav"]
    assert [one.reason for one in found.skipped] == ["was named before."] * 2


def test_what_is_not_there_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    call = wav(tmp_path / "a.wav")
    (tmp_path / "none").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")

    found = discover([tmp_path / "b.wav", call, tmp_path / "none", tmp_path / "pipe.wav", "\0", ""], sources=SOURCES)

    assert names(found) == ["a.wav"]
    told = " ".join(one.reason for one in found.refused)
    assert len(found.refused) == 4
    assert "b.wav: no such file" in told
    assert "pipe.wav: is a pipe" in told
    assert found.notes[0].startswith("There is no recording in ")


def test_addresses_pass_as_they_are_and_are_shown_without_what_they_carry(tmp_path: Path) -> None:
    call = wav(tmp_path / "a b.wav")
    address = f"s3://key:secret@bucket/x/{MONITOR}.wav?X-Amz-Signature=abc"

    found = discover([address, call.as_uri(), "file://elsewhere/a.wav", "simplecache::s3://b/a.wav"], sources=SOURCES)

    remote, local = found.found
    assert (remote.uri, remote.path, remote.agent) == (address, None, "101")
    assert remote.shown == "s3://bucket/x/external-101-[customer]-20260302-091405-1772460843.12.wav"
    assert local.path == call
    assert "another machine" in found.refused[0].reason
    assert len(found.refused) == 2


def test_the_first_source_counts_and_who_differs_is_told(tmp_path: Path) -> None:
    call = wav(tmp_path / f"{MONITOR}.wav", channels=2)
    call.with_suffix(".json").write_text(
        json.dumps({"agent": "Ann", "started_at": "2026-03-02T09:14:05", "agent_channel": "left"}), encoding="utf-8"
    )
    manifest = tmp_path / "calls.csv"
    manifest.write_text(f"recording,agent\n{call.name},Dana\n", encoding="utf-8")

    [found] = discover([], manifest=manifest, sources=SOURCES).found

    assert {name: known.source.split(" ")[1].rstrip(",") for name, known in found.known.items()} == {
        "agent": "manifest",
        "started_at": "sidecar",
        "agent_channel": "sidecar",
        "id": "file's",
        "direction": "file's",
    }
    assert len(found.conflicts) == 3
    assert "agent: Dana by the manifest, line 2, but Ann by the sidecar" in found.conflicts[0]
    assert any("time zone's" in conflict for conflict in found.conflicts)
    assert "2125550188" not in repr(found).replace(found.uri, "").replace(repr(found.path), "")


def test_settings_say_whose_channel_it_is_before_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wav(tmp_path / "desk-1.wav", channels=2)
    (tmp_path / "desk-1.json").write_text('{"agent_channel": "right"}', encoding="utf-8")
    (tmp_path / "coach.toml").write_text(
        "timezone = 'America/Chicago'\nagent_channel = {'desk-*.wav' = 'left'}\n"
        "sources = {desk = '(?P<queue>[a-z]+)-(?P<id>[0-9]+)'}",
        encoding="utf-8",
    )
    sources = sources_of(gather({"out": str(tmp_path / "coaching")}, environment={}, folder=tmp_path))

    [found] = discover([tmp_path], sources=sources).found

    assert found.agent_channel == "left"
    assert found.known["queue"].source == 'the pattern "desk" (coach.toml)'
    assert found.conflicts == (
        'agent_channel: left by agent_channel in coach.toml, for "desk-*.wav", but right by the sidecar desk-1.json; '
        "the first counts.",
    )


def test_a_files_time_is_a_guess_and_says_so(tmp_path: Path) -> None:
    call = wav(tmp_path / "call.wav")
    os.utime(call, (1_772_460_843, 1_772_460_843))

    [found] = discover([call], sources=SOURCES).found

    assert found.started_at == datetime(2026, 3, 2, 14, 14, 3, tzinfo=UTC)
    assert found.known["started_at"].guessed
    assert found.agent is None


def test_a_time_from_the_future_is_not_even_a_guess(tmp_path: Path) -> None:
    call = wav(tmp_path / "call.wav")
    os.utime(call, (9e9, 9e9))

    assert discover([call], sources=SOURCES).found[0].started_at is None


def test_a_recordings_own_tags_count_where_nothing_else_does(tmp_path: Path) -> None:
    call = tmp_path / "call.flac"
    with av.open(str(call), "w") as container:
        container.metadata["agent"] = "Dana"
        container.metadata["started_at"] = "2026-03-02T09:14:00Z"
        stream = container.add_stream("flac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    [found] = discover([call], sources=SOURCES).found

    assert (found.agent, found.known["agent"].source) == ("Dana", "a tag in the recording")
    assert not found.known["started_at"].guessed


def test_two_halves_are_one_call_and_one_half_is_none(tmp_path: Path) -> None:
    for name in (f"{MONITOR}-in", f"{MONITOR}-out", "x_agent", "x_customer", "y_agent", "in", "out"):
        wav(tmp_path / f"{name}.wav")

    found = discover([tmp_path], sources=SOURCES)

    pairs = {tuple(Path(one.uri).stem for one in call.pieces) for call in found.found}
    assert pairs == {(f"{MONITOR}-out", f"{MONITOR}-in"), ("x_agent", "x_customer"), ("in",), ("out",)}
    [half] = found.refused
    assert half.reason.startswith("y_agent.wav: is one party's half of a call")


def test_the_same_half_twice_is_told(tmp_path: Path) -> None:
    sources = Sources(patterns=(Pattern.of("legs", r"(?P<id>\d+)(?:(?P<agent_side>a\d)|(?P<customer_side>c))"),))
    for name in ("1a1", "1c", "2a1", "2a2", "2c"):
        wav(tmp_path / f"{name}.wav")

    found = discover([tmp_path], sources=sources)

    # What names the half is taken out whole, so 2a1 and 2a2 belong to the same call.
    assert [[Path(one.uri).stem for one in call.pieces] for call in found.found] == [["1a1", "1c"]]
    assert [Path(one.uri).stem for one in found.refused] == ["2a1", "2a2", "2c"]
    assert "the same half" in found.refused[0].reason


def test_a_manifest_names_calls_and_refuses_what_leads_astray(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    wav(folder / "sub" / "1.wav")
    wav(folder / "x_agent.wav")
    outside = wav(tmp_path / "2.wav")
    (folder / "link.wav").symlink_to(outside)
    manifest = folder / "calls.csv"
    manifest.write_text(
        "recording,agent\nsub/1.wav,Dana\n../2.wav,Ann\nlink.wav,Ann\nnone.wav,Ann\n"
        f"{outside},Ann\n./sub/1.wav,Bo\n,Cy\nx_agent.wav,Di\nhttps://host/call.wav,Ed\n",
        encoding="utf-8",
    )

    found = discover([], manifest=manifest, sources=SOURCES)

    assert [(Path(call.uri).name, call.agent) for call in found.found] == [
        ("1.wav", "Dana"),
        ("2.wav", "Ann"),
        ("x_agent.wav", "Di"),
        ("call.wav", "Ed"),
    ]
    assert [one.reason.split(". ")[0] for one in found.refused][:3] == [
        "The manifest, line 3 leads out of the manifest's folder",
        "The manifest, line 4 leads out of the manifest's folder",
        "The manifest, line 8 names no recording.",
    ]
    assert "none.wav: no such file" in found.refused[3].reason
    assert [one.reason for one in found.skipped] == ["was named before."]


def test_a_manifest_pairs_two_files(tmp_path: Path) -> None:
    wav(tmp_path / "left.wav")
    wav(tmp_path / "right.wav")
    manifest = tmp_path / "calls.csv"
    manifest.write_text("agent_file,customer_file,agent\nright.wav,left.wav,Dana\n", encoding="utf-8")

    for inputs in ([], [tmp_path]):
        [found] = discover(inputs, manifest=manifest, sources=SOURCES).found

        assert [Path(one.uri).name for one in found.pieces] == ["right.wav", "left.wav"]


def test_beside_inputs_a_manifest_only_tells(tmp_path: Path) -> None:
    one, _two = wav(tmp_path / "1.wav"), wav(tmp_path / "2.wav")
    manifest = tmp_path / "calls.csv"
    manifest.write_text("recording,agent\n1.wav,Dana\n2.wav,Ann\n3.wav,Bo\n", encoding="utf-8")

    found = discover([one], manifest=manifest, sources=SOURCES)

    assert [(Path(call.uri).name, call.agent) for call in found.found] == [("1.wav", "Dana")]
    assert found.notes == ("2 of the manifest's calls are not among what was named, and left out.",)


def test_a_manifest_that_is_none_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("recoding\n1.wav\n", encoding="utf-8")

    with pytest.raises(UsageError, match='did you mean "recording"'):
        discover([], manifest=tmp_path / "calls.csv")

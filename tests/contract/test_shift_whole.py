"""Whole shifts and nights with real workers: a database server, a mail server, and files of every odd kind."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from command import coach
from mail.sink import mail_sink
from nights import make_call, write_night
from postgres import GROUP

from coach.store.store import open_store


def _table() -> Any:  # noqa: ANN401
    """Return the module that makes one file of every kind."""
    spec = importlib.util.spec_from_file_location("decode_table", Path(__file__).with_name("test_decode_table.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = _table()
DECODED, REFUSED = TABLE.DECODED, TABLE.REFUSED
ODD_AND_WELL = ("mulaw.wav", "call.gsm", "call.amr", "call.opus", "two-tracks.mkv", "mp3-named.wav")
"""Odd files that can be reviewed all the same."""


@pytest.mark.engine
@GROUP
def test_a_night_with_a_database_server_and_a_mail_server_and_then_one_with_nothing_to_do(
    tmp_path: Path, postgres_url: str
) -> None:
    for seed in range(3):
        make_call(tmp_path / "inbox" / f"call-{seed}.wav", seed, 3.0)
    whole = (tmp_path / "inbox" / "call-0.wav").read_bytes()
    (tmp_path / "inbox" / "damaged.wav").write_bytes(b"RIFF" + whole[100:2_000])
    with mail_sink() as sink:
        mail = {"to": ["ann@example.org"], "from": "coach@example.org", "host": "127.0.0.1", "port": sink.port}
        recipe = write_night(tmp_path, mail, store=postgres_url, jobs=2)
        ran = coach("nightly", recipe, cwd=tmp_path)
        assert ran.returncode == 3, ran.stderr
        assert "damaged.wav" in ran.stderr
        assert "3 new calls were reviewed." in ran.stdout
        again = coach("nightly", recipe, "--json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    counts = json.loads(again.stdout)
    assert [counts[name] for name in ("reviewed", "failed", "waiting", "mailed")] == [0, 0, 0, 0]
    (mailed,) = sink.mails
    text = next(mailed.iter_parts()).get_content()
    assert "3 new calls were reviewed." in text
    assert "One recording could not be reviewed." in text
    assert b"damaged" not in sink.taken[0]
    with open_store(postgres_url, purpose="shift") as store:
        assert len(store.calls()) == 3
        states = sorted(attempt.state for attempt in store.attempts())
    assert states == ["done", "done", "done", "failed"]
    assert {path.name for path in (tmp_path / "out").glob("*.html")} == {
        "call-0.html",
        "call-1.html",
        "call-2.html",
        "shift.html",
    }


@pytest.mark.engine
def test_of_40_recordings_24_odd_and_hostile_each_is_accounted_for_with_its_sentence(tmp_path: Path) -> None:
    inbox = tmp_path / "calls"
    inbox.mkdir()
    hostile = [name for name in REFUSED if name not in ("call.c2", "call.sdp")]  # those no folder takes for recordings
    odd = [*ODD_AND_WELL, *hostile][:24]
    for name in odd:
        make, *_ = DECODED[name] if name in DECODED else REFUSED[name]
        make(inbox / name)
    plain = [f"call-{seed:02d}.wav" for seed in range(40 - len(odd))]
    for seed, name in enumerate(plain):
        make_call(inbox / name, seed, 2.0)
    write_night(tmp_path)

    policy = ("--policy", tmp_path / "policy.toml", "--store", tmp_path / "shift.sqlite", "--jobs", "2")
    ran = coach("shift", inbox, *policy, "--diarizer", "none", "--json", cwd=tmp_path)

    lines = {line["call"]: line for line in map(json.loads, ran.stdout.splitlines())}
    said = " ".join(ran.stderr.split())
    refused = {name for name in odd if name in REFUSED}
    assert ran.returncode == 3
    assert len(odd) == 24
    assert len(refused) >= 18
    for name in refused:
        known = lines.get(name)
        ends = {"failed", "quarantined"} if name != "empty.wav" else {"refused"}  # which is not even taken in
        assert known is not None, name
        assert known["end"] in ends, name
        assert known["exit_code"] == 3, name
        assert f"{name}: " in said, name
    assert len(lines) == 40
    assert {name for name, line in lines.items() if line["end"] == "reviewed"} == {*plain, *ODD_AND_WELL}
    with open_store(str(tmp_path / "shift.sqlite"), purpose="shift") as store:
        assert len(store.calls()) == 40 - len(refused)
        states = {Path(attempt.uri).name: attempt.state for attempt in store.attempts()}
    assert {name for name, state in states.items() if state == "done"} == {*plain, *ODD_AND_WELL}
    assert not [name for name, state in states.items() if state in ("working", "waiting")]
    sentences = {line["message"].split(": ", 1)[-1] for name, line in lines.items() if name in refused}
    assert len(sentences) > 12  # each its own, not one for all
    assert str(os.getpid()) not in said  # nothing of the machinery

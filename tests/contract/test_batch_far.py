"""Recordings and reports at addresses: fetched without a name, written whole, told apart as near ones are."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import fsspec
import pytest
from nights import Here

from coach.app.batch import BatchOutcome, plan_jobs, review_batch
from coach.app.item import Request
from coach.app.publishing import publish
from coach.app.remote import fetched, name_of
from coach.conversation import ConfigurationError, NoSuchRecording, StorageError

System: TypeAlias = Any  # fsspec is not typed


@pytest.fixture
def memory() -> Iterator[System]:
    system = fsspec.filesystem("memory")
    yield system
    for path in system.find("/"):
        system.rm(path)


def run(request: Request, addresses: tuple[str, ...], out: str) -> BatchOutcome:
    flags = {"out": out, "formats": "html,json"}
    jobs = plan_jobs([request], flags, {0: addresses} if addresses else {})
    (outcome,) = review_batch(jobs, flags, engine=Here())
    return outcome


def working_folder() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"]) / "coach" / "work"


def test_a_far_recording_is_reviewed_and_nothing_of_it_stays(
    recording: Path, transcript: Path, tmp_path: Path, memory: System
) -> None:
    memory.put_file(str(recording), "/inbox/talk.wav")
    request = Request(recording=Path("talk.wav"), transcript=transcript)
    outcome = run(request, ("memory://inbox/talk.wav",), str(tmp_path / "out"))
    assert outcome.failure is None
    assert outcome.status == "reviewed"
    assert outcome.review_path is not None
    review = json.loads(outcome.review_path.read_text(encoding="utf-8"))
    assert review["recording"]["uri"] == "talk.wav"
    assert review["source"] == outcome.sha256
    assert list(working_folder().iterdir()) == []

    assert run(request, ("memory://inbox/talk.wav",), str(tmp_path / "out")).status == "unchanged"
    content = bytearray(recording.read_bytes())
    content[5000] ^= 1
    memory.pipe_file("/inbox/talk.wav", bytes(content))
    assert run(request, ("memory://inbox/talk.wav",), str(tmp_path / "out")).status == "reviewed"


def test_reports_go_to_an_address_the_review_file_last(
    recording: Path, transcript: Path, memory: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[str] = []
    real = type(memory).mv

    def watched(self: System, one: str, two: str, **options: object) -> None:
        placed.append(two.rsplit(".", 1)[-1])
        real(self, one, two, **options)

    monkeypatch.setattr(type(memory), "mv", watched)
    request = Request(recording=recording, transcript=transcript)
    outcome = run(request, (), "memory://reports/may")
    assert outcome.failure is None
    assert placed == ["html", "json"]
    assert [address.rsplit("/", 1)[-1][:5] for address in outcome.addresses] == ["talk-"] * 2
    assert sorted(memory.find("/reports")) == sorted(address.removeprefix("memory:/") for address in outcome.addresses)
    assert list(working_folder().iterdir()) == []
    again = run(request, (), "memory://reports/may")
    assert (again.status, set(again.addresses)) == ("unchanged", set(outcome.addresses))
    memory.rm(next(path for path in memory.find("/reports") if path.endswith("html")))
    assert run(request, (), "memory://reports/may").status == "reviewed"


def test_what_is_not_there_costs_its_call_alone(transcript: Path, tmp_path: Path, memory: System) -> None:
    request = Request(recording=Path("talk.wav"), transcript=transcript)
    outcome = run(request, ("memory://inbox/absent-4111111111111111.wav",), str(tmp_path / "out"))
    assert outcome.status == "failed"
    assert outcome.failure is not None
    assert (outcome.failure.stage, outcome.failure.exit_code) == ("fetch", 4)
    assert "4111" not in outcome.failure.message


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system gives nameless files no path")
def test_a_fetched_recording_has_a_name_that_leads_nowhere_once_it_is_closed(tmp_path: Path, memory: System) -> None:
    memory.pipe_file("/inbox/a call.wav", b"sound")
    with contextlib.ExitStack() as held:
        path = held.enter_context(fetched("memory://inbox/a call.wav", tmp_path))
        assert (path.name, path.read_bytes()) == ("a call.wav", b"sound")
        assert path.is_symlink()
        assert [one for one in tmp_path.rglob("*") if one.is_file() and not one.is_symlink()] == []
    assert list(tmp_path.iterdir()) == []


def test_sentences_for_what_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoSuchRecording), fetched("memory://nothing/here.wav", tmp_path):
        pass
    with pytest.raises(ConfigurationError, match="s3fs"), fetched("s3://bucket/here.wav", tmp_path):
        monkeypatch.setattr("fsspec.core.url_to_fs", lambda _address: {}[""])
    with pytest.raises(ConfigurationError), fetched("nonesuch://here.wav", tmp_path):
        pass
    (tmp_path / "report.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.makedirs", lambda *_, **__: {}[""])
    with pytest.raises(StorageError, match="memory://reports"):
        publish([tmp_path / "report.json"], "memory://reports")


def test_names_of_addresses() -> None:
    assert name_of("s3://bucket/2026/a%20call.wav?versionId=3") == "a call.wav"
    assert name_of("s3://bucket") == "call"

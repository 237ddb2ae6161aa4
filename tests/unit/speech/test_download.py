"""Fetching a model, against a server on this computer that misbehaves when told to."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from coach.conversation import ModelError, StorageError, UsageError
from coach.speech import download, registry
from coach.speech.registry import Hub, Model, ModelFile

WEIGHTS = bytes(range(256)) * 4096  # 1 MiB
CONTENT = {"config.json": b'{"a": 1}', "model.bin": WEIGHTS}
REVISION = "0123456789abcdef0123456789abcdef01234567"
HASTY = download.Patience(tries=3, first_wait=0.0, timeout=5.0)


@dataclass
class Behaviour:
    """What the server does.

    Attributes:
        content: Path and bytes.
        status: Answers to the first requests, one each, before it begins to serve.
        break_after: Bytes of a body after which the line breaks, one a request; then it holds.
        ranges: Whether it honours them.
        asked: Path and range of each request.
    """

    content: dict[str, bytes]
    status: list[int] = field(default_factory=list)
    break_after: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class Hubs(ThreadingHTTPServer):
    """The server, with its behaviour at hand."""

    daemon_threads = True
    behaviour: Behaviour


class Handler(BaseHTTPRequestHandler):
    """Serves ranges, breaks off, lies."""

    server: Hubs

    def do_GET(self) -> None:
        told = self.server.behaviour
        wanted = self.headers.get("Range")
        told.asked.append((self.path, wanted))
        body = told.content.get(self.path.rsplit("/", 1)[-1])
        if told.status:
            self._empty(told.status.pop(0))
        elif body is None or f"/resolve/{REVISION}/" not in self.path:
            self._empty(404)
        elif wanted and told.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self._empty(416)
            else:
                self._send(206, body[start:])
        else:
            self._send(200, body)

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        breaks = self.server.behaviour.break_after
        if breaks and len(body) > breaks[0]:
            self.wfile.write(body[: breaks.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401  (the library's name)
        pass


@dataclass(frozen=True)
class Served:
    """A running server, its address and what it was told."""

    base: str
    behaviour: Behaviour


@pytest.fixture
def served() -> Iterator[Served]:
    server = Hubs(("127.0.0.1", 0), Handler)
    server.behaviour = Behaviour(dict(CONTENT))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", server.behaviour)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def model() -> Model:
    files = tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in CONTENT.items())
    return replace(registry.find("tiny.en"), source=Hub("somebody/something", REVISION), files=files)


def whole(folder: Path) -> bool:
    return {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT


def test_a_model_is_fetched_checked_and_put_in_its_folder(served: Served, model: Model, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    folder = download.fetch(
        model, tmp_path / "models", report=lambda *at: told.append(at), base=served.base, patience=HASTY
    )

    assert folder == tmp_path / "models" / model.id
    assert whole(folder)
    assert registry.check(model, tmp_path / "models").state == "sound"
    assert [path.name for path in folder.parent.iterdir()] == [model.id]
    assert told[-1] == (model.size, model.size)
    assert told == sorted(told)
    assert served.behaviour.asked[0] == (f"/somebody/something/resolve/{REVISION}/config.json", None)


def test_what_is_here_is_not_fetched_again(served: Served, model: Model, tmp_path: Path) -> None:
    download.fetch(model, tmp_path, base=served.base, patience=HASTY)
    served.behaviour.asked.clear()

    download.fetch(model, tmp_path, base=served.base, patience=HASTY)

    assert served.behaviour.asked == []


def test_a_broken_line_goes_on_where_it_stopped(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.break_after = [300_000, 200_000]

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))

    ranges = [wanted for path, wanted in served.behaviour.asked if path.endswith("model.bin")]
    assert ranges[0] is None
    starts = [int(wanted.removeprefix("bytes=").rstrip("-")) for wanted in ranges[1:] if wanted]
    assert len(starts) == 2
    assert 0 < starts[0] <= 300_000
    assert starts[0] < starts[1] <= 500_000


def test_a_line_that_keeps_breaking_gives_up_and_a_second_run_goes_on(
    served: Served, model: Model, tmp_path: Path
) -> None:
    served.behaviour.break_after = [400_000, 0, 0, 0]
    with pytest.raises(ModelError, match="goes on from there"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)
    served.behaviour.break_after = []
    served.behaviour.asked.clear()

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))

    (path, wanted) = served.behaviour.asked[0]
    assert path.endswith("model.bin")
    assert wanted is not None


def test_a_server_that_ignores_ranges_is_read_from_the_start(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.break_after = [300_000]
    served.behaviour.ranges = False

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))


def test_a_busy_server_is_asked_again(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.status = [503, 429]

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))


def test_other_bytes_are_removed_and_refused(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.content["model.bin"] = WEIGHTS[::-1]

    with pytest.raises(ModelError, match=r"model\.bin came damaged"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)

    assert not list(tmp_path.rglob("model.bin*"))
    assert registry.check(model, tmp_path).state == "absent"


def test_more_bytes_than_there_should_be_are_refused(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.content["model.bin"] = WEIGHTS + b"more"

    with pytest.raises(ModelError, match="more than"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)

    assert not list(tmp_path.rglob("model.bin*"))


def test_fewer_bytes_than_there_should_be_are_refused(served: Served, model: Model, tmp_path: Path) -> None:
    served.behaviour.content["model.bin"] = WEIGHTS[:1000]

    with pytest.raises(ModelError, match="broke"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)


@pytest.mark.parametrize(("status", "words"), [(404, "not there.*404"), (401, "account.*401"), (403, "account.*403")])
def test_a_refusal_is_told_at_once(served: Served, model: Model, tmp_path: Path, status: int, words: str) -> None:
    served.behaviour.status = [status]

    with pytest.raises(ModelError, match=words):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)

    assert len(served.behaviour.asked) == 1


def test_a_server_that_is_not_there_is_named(model: Model, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"127\.0\.0\.1:9 could not be reached"):
        download.fetch(model, tmp_path, base="http://127.0.0.1:9", patience=HASTY)


def test_a_spoiled_model_is_mended_and_its_sound_files_are_kept(served: Served, model: Model, tmp_path: Path) -> None:
    folder = download.fetch(model, tmp_path, base=served.base, patience=HASTY)
    (folder / "config.json").write_bytes(b'{"a": 2}')
    served.behaviour.asked.clear()

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))

    assert [path.rsplit("/", 1)[-1] for path, _ in served.behaviour.asked] == ["config.json"]


def test_too_long_a_leftover_is_begun_anew(served: Served, model: Model, tmp_path: Path) -> None:
    staging = tmp_path / f".{model.id}-{REVISION[:12]}"
    staging.mkdir()
    (staging / "model.bin.part").write_bytes(WEIGHTS * 2)

    assert whole(download.fetch(model, tmp_path, base=served.base, patience=HASTY))


def test_a_full_disk_is_seen_before_anything_is_fetched(
    served: Served, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))

    with pytest.raises(StorageError, match="free"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)

    assert served.behaviour.asked == []


def test_a_disk_that_fills_up_is_a_sentence(
    served: Served, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StorageError, match="full"):
        download.fetch(model, tmp_path, base=served.base, patience=HASTY)


def test_a_folder_that_cannot_be_written_is_a_sentence(served: Served, model: Model, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")

    with pytest.raises(StorageError, match="cannot be written"):
        download.fetch(model, tmp_path / "models", base=served.base, patience=HASTY)


def test_a_model_inside_a_package_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="moonshine-voice"):
        download.pull("moonshine-tiny-en", tmp_path)


def test_a_mirror_is_taken_from_the_environment() -> None:
    assert download.hub({}) == download.HUB
    assert download.hub({"HF_ENDPOINT": "https://mirror.example/"}) == "https://mirror.example"


def test_waits_grow_to_a_limit() -> None:
    patience = download.Patience(first_wait=1.0, longest_wait=5.0)

    assert [patience.wait(failed) for failed in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 5.0]

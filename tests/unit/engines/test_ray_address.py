"""A Ray cluster that is not there is told of soon, in a sentence, and with nothing of Ray's own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from coach.conversation import UsageError
from coach.engines import ray_cluster
from coach.engines.ray import RayEngine
from coach.engines.schedule import EngineError


@pytest.fixture(autouse=True)
def _as_if_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray itself is an extra, and not needed to find that nobody answers."""
    monkeypatch.setattr("coach.engines.ray.find_spec", lambda _name: object())
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")


@pytest.fixture(name="port")
def _port() -> Iterator[int]:
    """A port at which connections are taken, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def begin(address: str) -> None:
    with RayEngine(address) as ray:
        list(ray.map(int, [1]))  # type: ignore[arg-type]  # nobody comes to work


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_a_port_that_nobody_listens_at(form: str, port: int, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # taken, and not listened at
        address = form.format(free.getsockname()[1])
        begun = time.monotonic()
        with pytest.raises(EngineError, match=f"No Ray cluster answers at {address}"):
            begin(address)
    assert time.monotonic() - begun < ray_cluster.KNOCK + 5
    assert capfd.readouterr().err == ""
    assert port


def test_something_that_takes_connections_and_is_no_cluster(
    port: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_cluster, "JOIN", 1.0)
    begun = time.monotonic()
    with pytest.raises(EngineError, match="No Ray cluster answers"):
        begin(f"127.0.0.1:{port}")
    assert time.monotonic() - begun < 15
    assert capfd.readouterr().err == ""


def test_a_cluster_of_another_kind_is_told_apart(
    port: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    says = "import sys; sys.stderr.write('aloud'); print('chatter'); print('RuntimeError'); sys.exit(1)"
    run = subprocess.run

    def other(_command: list[str], **options: object) -> object:
        return run([sys.executable, "-c", says], **options)  # type: ignore[call-overload]

    monkeypatch.setattr("coach.engines.ray_cluster.subprocess.run", other)
    with pytest.raises(EngineError, match=r"could not be joined \(RuntimeError\)"):
        begin(f"127.0.0.1:{port}")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "address", ["", "local", "10.0.0.5", "host:", ":6379", "host:port", "host:70000", "ray://host"]
)
def test_what_is_no_address_is_refused_before_anything_begins(address: str) -> None:
    with pytest.raises(UsageError, match="no address of a Ray cluster"):
        RayEngine(address)


@pytest.mark.parametrize(
    ("address", "parts"),
    [("10.0.0.5:6379", ("10.0.0.5", 6379)), ("ray://head:10001", ("head", 10001)), ("[::1]:6379", ("::1", 6379))],
)
def test_the_machine_and_the_port_of_an_address(address: str, parts: tuple[str, int]) -> None:
    assert ray_cluster.parts(address) == parts


def test_what_tries_a_cluster_says_of_what_kind_its_trouble_is() -> None:
    code = "import sys; sys.modules['ray'] = object(); from coach.engines.ray_cluster import join; join()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "10.0.0.5:6379"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=dict(os.environ),
    )
    assert (ran.returncode, ran.stdout.split()) == (1, ["AttributeError"])

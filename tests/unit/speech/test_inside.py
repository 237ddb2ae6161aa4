"""Networks that lie inside a package's library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coach.conversation import ModelError
from coach.speech import inside
from coach.speech.diarizers.networks import EMBEDDING, SEGMENTATION
from coach.speech.inside import Network


@pytest.fixture
def network() -> Network:
    return inside.find(SEGMENTATION)


@pytest.mark.parametrize("name", [SEGMENTATION, EMBEDDING])
def test_the_networks_of_the_manifest_are_found_whole(name: str) -> None:
    network = inside.find(name)
    assert inside.present(network)
    assert inside.state(network) == "sound"
    assert len(inside.read(network)) == network.size


def test_a_package_that_is_not_installed_is_said_to_be_missing(network: Network) -> None:
    gone = replace(network, package="no-such-package-anywhere")
    assert inside.state(gone) == "absent"
    assert not inside.present(gone)
    with pytest.raises(ModelError, match=r"no-such-package-anywhere 0\.0\.73, which is not installed"):
        inside.read(gone)


def test_another_version_is_not_taken(network: Network) -> None:
    assert not inside.present(replace(network, version="0.0.1"))


def test_other_bytes_are_not_taken(network: Network) -> None:
    other = replace(network, sha256="0" * 64)
    assert inside.state(other) == "altered"
    with pytest.raises(ModelError, match="damaged or of another version"):
        inside.read(other)


def test_a_library_that_says_little_and_often_is_looked_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, network: Network
) -> None:
    data = inside.read(network)
    library = tmp_path / "libmoonshine.so"
    library.write_bytes(b"ORTM at the very start" + b"x" * 100 + b"ORTMORTM" + data + b"ORTM")
    monkeypatch.setattr(inside, "_libraries", lambda _: iter([library]))
    assert inside.read(network) == data
    library.write_bytes(data[:-1])
    assert inside.state(network) == "altered"

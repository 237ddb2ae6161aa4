"""Many calls side by side: the same files as one after the other, and one outcome each whatever happens."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from nights import Here
from workers import Making

from coach.app.batch import BatchOutcome, Job, plan_jobs, review_batch
from coach.app.item import Request
from coach.app.jobs import Reviewing
from coach.app.naming import plan
from coach.app.pipeline import Pipeline
from coach.app.review import open_pipeline, review_all
from coach.conversation import ModelError, StorageError, UsageError
from coach.engines.choose import open_engine
from coach.engines.local import LocalEngine
from coach.engines.protocol import Died, Done, Engine, Limits
from coach.engines.ray import RayEngine
from coach.engines.ray_cluster import reach
from coach.engines.schedule import EngineError
from tests.calls.compose import Scenario, compose

TESTS = Path(__file__).parents[1]
FORMATS = "html,json,md,csv,vtt"


RAY_VARIABLES = (
    "RAY_USAGE_STATS_ENABLED",
    "RAY_AUTH_MODE",
    "RAY_AUTH_TOKEN_PATH",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER",
)


def flags(folder: Path) -> dict[str, object]:
    return {"out": str(folder), "formats": FORMATS}


def written(folder: Path) -> dict[str, str]:
    """Return the files in a folder, as text and without what tells when a review was made."""
    found = {}
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            review = json.loads(text)
            review.pop("reviewed_at", None)
            text = json.dumps(review)
        found[path.name] = text
    return found


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Request]:
    """Three short calls with voices."""
    folder = tmp_path_factory.mktemp("calls")
    paths = []
    for seed, seconds in ((3, 9.0), (4, 16.0), (5, 12.0)):
        paths.append(folder / f"call-{seed}.wav")
        compose(seed, Scenario(seconds=seconds)).write(paths[-1])
    return [Request(recording=path) for path in paths]


@pytest.fixture(scope="module")
def one_by_one(calls: list[Request], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `coach review` writes of them."""
    folder = tmp_path_factory.mktemp("one-by-one")
    outcomes = list(review_all(calls, open_pipeline(flags(folder)), force=True))
    assert [outcome.status for outcome in outcomes] == ["reviewed"] * 3
    return written(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayEngine]:
    """Ray on this machine: one for all tests, for it takes seconds to begin."""
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed (pip install -r requirements/ray.txt)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), str(TESTS.parent), os.environ["PYTHONPATH"]]))
        for name in RAY_VARIABLES:
            patch.setenv(name, "")  # so that what the engine sets is taken back
            patch.delenv(name)
        with RayEngine(jobs=2, limits=Limits(seconds=300.0)) as engine:
            yield engine


def run(calls: Sequence[Request], folder: Path, engine: Engine, **more: Any) -> dict[int, BatchOutcome]:  # noqa: ANN401
    outcomes = list(review_batch(plan_jobs(calls, flags(folder)), flags(folder), engine=engine, **more))
    assert len({outcome.index for outcome in outcomes}) == len(outcomes)
    return {outcome.index: outcome for outcome in outcomes}


@pytest.mark.engine
def test_processes_write_what_one_after_the_other_does(
    calls: list[Request], one_by_one: dict[str, str], tmp_path: Path
) -> None:
    begun: list[int] = []
    found = run(calls, tmp_path / "out", LocalEngine(2), progress=begun.append)
    assert {index: outcome.status for index, outcome in found.items()} == dict.fromkeys(range(3), "reviewed")
    assert begun == [1, 2, 0]  # the longest first
    assert written(tmp_path / "out") == one_by_one
    assert all(outcome.duration and outcome.seconds > 0 for outcome in found.values())
    assert found[0].review_path == tmp_path / "out" / "call-3.json"
    assert {path.suffix for path in found[0].files} == {".html", ".json", ".md", ".csv", ".vtt"}

    again = run(calls, tmp_path / "out", Here())
    assert {outcome.status for outcome in again.values()} == {"unchanged"}
    assert set(again[0].files) == set(found[0].files)


@pytest.mark.engine
def test_actors_write_what_one_after_the_other_does(
    calls: list[Request], one_by_one: dict[str, str], cluster: RayEngine, tmp_path: Path
) -> None:
    found = run(calls, tmp_path / "out", cluster)
    assert {index: outcome.status for index, outcome in found.items()} == dict.fromkeys(range(3), "reviewed")
    assert written(tmp_path / "out") == one_by_one


def test_an_actor_that_dies_costs_its_item_alone(cluster: RayEngine, tmp_path: Path) -> None:
    items: list[object] = [1, "kill:", 2, "raise:secret", 3, "environment:OMP_NUM_THREADS"]
    ended = {one.index: one for one in cluster.map(Making(str(tmp_path)), items)}
    assert sorted(ended) == list(range(6))
    assert [one.result for i in (0, 2, 4, 5) if isinstance(one := ended[i], Done)] == [2, 4, 6, "1"]
    died, faulty = ended[1], ended[3]
    assert isinstance(died, Died)
    assert (died.cause, "memory runs out" in died.reason) == ("killed", True)
    assert isinstance(faulty, Died)
    assert faulty.cause == "fault"
    assert "KeyError" in faulty.reason
    assert "secret" not in faulty.reason


def test_an_actor_over_its_time_is_ended(cluster: RayEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "limits", Limits(seconds=2.0))
    ended = {one.index: one for one in cluster.map(Making(str(tmp_path)), ["sleep:300", 1])}
    assert isinstance(ended[1], Done)
    assert isinstance(ended[0], Died)
    assert ended[0].cause == "time"


def test_an_actor_that_cannot_open_says_why(cluster: RayEngine, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Pull it\."):
        list(cluster.map(Making(str(tmp_path), "error"), [1, 2]))


def test_ray_listens_here_alone_and_its_folder_is_private(cluster: RayEngine, tmp_path: Path) -> None:
    assert len(list(cluster.map(Making(str(tmp_path)), [1]))) == 1
    import ray  # noqa: PLC0415  (an extra)

    assert {node["NodeManagerAddress"] for node in ray.nodes()} == {"127.0.0.1"}
    folder = cluster._folder
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "token").stat().st_mode & 0o777 == 0o600
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_cluster_that_is_there_can_be_joined(cluster: RayEngine, tmp_path: Path) -> None:
    assert len(list(cluster.map(Making(str(tmp_path)), [1]))) == 1
    import ray  # noqa: PLC0415  (an extra)

    reach(ray.get_runtime_context().gcs_address)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.engines.ray.find_spec", lambda _name: None)
    with pytest.raises(ModelError, match=r"coach\[ray\]"), open_engine("ray"):
        pass


def test_more_of_a_graphics_card_than_there_is_is_refused(tmp_path: Path, cluster: RayEngine) -> None:
    greedy = RayEngine(gpus=1.0)
    list(cluster.map(Making(str(tmp_path)), [1]))
    greedy._ray = cluster._ray
    with pytest.raises(EngineError, match="graphics card"):
        list(greedy.map(Making(str(tmp_path)), [1]))


@pytest.mark.parametrize("wrong", [{"name": "rey"}, {"name": "local", "address": "auto"}, {"jobs": 0}])
def test_an_engine_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError), open_engine(**wrong):
        pass


@pytest.mark.engine
def test_a_call_whose_process_is_killed_is_told_of_and_the_others_are_reviewed(
    calls: list[Request], one_by_one: dict[str, str], tmp_path: Path
) -> None:
    def kill(index: int) -> None:
        if index == 2:
            (worker,) = multiprocessing.active_children()
            os.kill(worker.pid or 0, 9)

    found = run(calls, tmp_path / "out", LocalEngine(1), progress=kill)
    assert {index: outcome.status for index, outcome in found.items()} == {0: "reviewed", 1: "reviewed", 2: "died"}
    failure = found[2].failure
    assert failure is not None
    assert "memory runs out" in failure.message
    assert (failure.stage, failure.exit_code) == ("worker", 3)
    assert not (tmp_path / "out" / "call-5.json").exists()
    with contextlib.suppress(TimeoutError):
        assert multiprocessing.active_children() == []
    found = run(calls, tmp_path / "out", LocalEngine(1))
    assert {index: outcome.status for index, outcome in found.items()} == {
        0: "unchanged",
        1: "unchanged",
        2: "reviewed",
    }
    assert written(tmp_path / "out") == one_by_one


def test_a_died_call_and_a_bad_one_are_outcomes_of_their_own(recording: Path, transcript: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"not sound")
    deadly = tmp_path / "deadly.wav"
    deadly.write_bytes(recording.read_bytes())
    requests = [
        Request(recording=recording, transcript=transcript),
        Request(recording=bad, transcript=transcript),
        Request(recording=tmp_path / "absent.wav", transcript=transcript),
        Request(recording=deadly, transcript=transcript),
    ]
    engine = Here()
    engine.deadly = {"deadly.wav"}
    found = run(requests, tmp_path / "out", engine)
    assert [found[i].status for i in range(4)] == ["reviewed", "failed", "failed", "died"]
    assert [found[i].failure and found[i].failure.exit_code for i in range(4)] == [None, 3, 4, 3]
    assert found[1].review_path is None


def test_a_full_disk_ends_the_run(
    recording: Path, transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("No space is left.")

    monkeypatch.setattr("coach.app.stages.writing.write_atomically", full)
    request = Request(recording=recording, transcript=transcript)
    engine = Here()
    found = run([request, replace(request, name="two")], tmp_path / "out", engine)
    assert [outcome.failure and outcome.failure.exit_code for outcome in found.values()] == [74]
    assert len(engine.began) == 1


def test_what_holds_for_all_is_found_before_any_begins(recording: Path, tmp_path: Path) -> None:
    job = Job(Request(recording=recording), plan([Request(recording=recording)], tmp_path)[0])
    engine = Here()
    with pytest.raises((UsageError, ModelError)):
        list(review_batch([job], {"transcriber": "nonesuch"}, engine=engine))
    with pytest.raises(UsageError):
        list(review_batch([job], {"formats": "pdf"}, engine=engine))
    assert engine.began == []


def test_a_changed_recording_is_reviewed_again(recording: Path, transcript: Path, tmp_path: Path) -> None:
    request = Request(recording=recording, transcript=transcript)
    os.utime(recording, (1, 1))
    assert run([request], tmp_path / "out", Here())[0].status == "reviewed"
    assert run([request], tmp_path / "out", Here())[0].status == "unchanged"
    assert run([request], tmp_path / "out", Here(), force=True)[0].status == "reviewed"
    content = bytearray(recording.read_bytes())
    content[5000] ^= 1
    recording.write_bytes(content)  # of the same size, and its time put back
    os.utime(recording, (1, 1))
    assert run([request], tmp_path / "out", Here())[0].status == "reviewed"


def test_workers_do_not_look_where_they_are_for_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = open_pipeline({"transcriber": "bundled"})
    making = Reviewing(pipeline.recipe, pipeline.settings, str(tmp_path / "gone"))
    monkeypatch.setenv("COACH_FORMATS", "vtt")
    monkeypatch.setattr(Pipeline, "running", lambda _self: contextlib.nullcontext())
    worker = making()
    worker.open()
    assert worker._pipeline is not None
    assert worker._pipeline.settings.formats == ("html", "json")
    worker.close()


def test_nothing_is_left_running() -> None:
    until = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < until:
        time.sleep(0.1)
    assert multiprocessing.active_children() == []

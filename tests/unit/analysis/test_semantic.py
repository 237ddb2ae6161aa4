"""A sentence model: loaded as a real one is, asked in batches, and missed by nobody who has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from coach.analysis import semantic
from coach.analysis.analyse import analyse
from coach.analysis.calibration import calibration
from coach.analysis.judge import judge, views
from coach.analysis.sentence_model import TOGETHER, SentenceModel
from coach.conversation import Conversation, ModelError

TINY = Path(__file__).parent / "sentence_model"
"""A model of one layer with weights drawn by chance; ``make.py`` beside it made it."""

LINES = (
    ("customer", "My bill went from ninety dollars to one eighty five and I have no idea what happened to it."),
    ("agent", "Twice what you are used to, out of nowhere. Let me look at the readings."),
)


class Alike:
    """Takes sentences for near where they share words, and keeps what it was asked."""

    fingerprint = "alike"

    def __init__(self, near: float | None = None) -> None:
        self.near = near
        self.learnt: list[str] = []

    def learn(self, lines: Sequence[str]) -> None:
        self.learnt += lines

    def nearness(self, line: str, others: Sequence[str]) -> Sequence[float]:
        own = set(line.split())
        return [len(own & set(o.split())) / len(own) if self.near is None else self.near for o in others]


@pytest.fixture(scope="module")
def tiny() -> SentenceModel:
    return SentenceModel(TINY, "tiny")


def test_a_line_is_nearest_to_itself(tiny: SentenceModel) -> None:
    same, other = tiny.nearness("so you were charged twice", ("so you were charged twice", "it is not hard"))

    assert same == pytest.approx(1.0, abs=1e-5)
    assert -1.0 <= other < 0.999


def test_what_is_learnt_together_is_what_is_learnt_alone(tiny: SentenceModel) -> None:
    lines = [f"my bill doubled {'twice ' * count}" for count in range(TOGETHER + 3)]
    together = SentenceModel(TINY, "together")
    together.learn(lines)

    for line in lines[:3]:  # in a batch a short line is filled up, which must not be looked at
        alone = SentenceModel(TINY, "alone").nearness(line, ("is it not hard",))
        assert together.nearness(line, ("is it not hard",)) == pytest.approx(alone, abs=1e-5)


def test_a_line_longer_than_the_model_takes_is_cut(tiny: SentenceModel) -> None:
    assert tiny.nearness("hard " * 500, ("hard " * 400,)) == pytest.approx([1.0], abs=1e-5)


@pytest.mark.parametrize("broken", ["onnx/model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_broken_model_is_named_with_what_to_do(tmp_path: Path, broken: str, how: str) -> None:
    shutil.copytree(TINY, tmp_path / "model")
    file = tmp_path / "model" / broken
    file.unlink()
    if how == "damaged":
        file.write_bytes(b"not a model")

    with pytest.raises(ModelError, match=f"{file.name} cannot be read.*coach models pull"):
        SentenceModel(tmp_path / "model", "broken")


def test_every_weight_of_the_calibration_has_its_feature(tiny: SentenceModel) -> None:
    from coach.analysis.given_back import features  # noqa: PLC0415

    (view,) = views("So you were charged twice.", "I was charged twice.")
    named = {**features(view), **semantic.features(view, tiny)}

    assert calibration("paraphrase_semantic").weights.keys() <= named.keys()
    assert any(name.startswith("near") for name in calibration("paraphrase_semantic").weights)


def test_the_model_changes_what_is_given_back_and_nothing_else() -> None:
    said, told = LINES[1][1], LINES[0][1]
    without = judge(said, told)
    with semantic.using(Alike(0.9)):
        near = judge(said, told)
    with semantic.using(Alike(0.0)):
        far = judge(said, told)

    assert near["paraphrase"] != without["paraphrase"]
    assert near["paraphrase"] != far["paraphrase"]
    assert {**near, "paraphrase": 0} == {**without, "paraphrase": 0}
    assert judge(said, told) == without


def test_with_nothing_told_before_nothing_is_near() -> None:
    (view,) = views("Thank you for calling.", "")

    assert semantic.features(view, Alike())["nearest"] == 0.0


def test_one_call_with_and_without_a_model_is_two_answers(talk: Callable[..., Conversation]) -> None:
    call = talk(*LINES)
    without = analyse(call)

    with_it = analyse(call, semantic=Alike(0.95))

    assert analyse(call) == without
    assert with_it.moments != without.moments
    assert semantic.active() is None


def test_a_call_is_learnt_at_once(talk: Callable[..., Conversation]) -> None:
    model = Alike()
    analyse(talk(*LINES), semantic=model)

    assert len(model.learnt) == len(set(model.learnt))
    assert "let me look at the readings" in model.learnt
    assert "" not in model.learnt


def test_the_same_call_is_the_same_with_the_model_loaded_anew(
    talk: Callable[..., Conversation], tiny: SentenceModel
) -> None:
    call = talk(*LINES)

    assert analyse(call, semantic=tiny) == analyse(talk(*LINES), semantic=SentenceModel(TINY, "again"))

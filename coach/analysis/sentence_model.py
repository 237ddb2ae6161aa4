"""A sentence model as the hubs have it: a BERT encoder in ONNX, a tokenizer, and the mean over its tokens.

Reimers and Gurevych (2019), "Sentence-BERT": the mean of the last layer over the tokens, of unit length; the cosine of
two of them says how near two sentences come in meaning. Nothing is fetched here: the folder was pulled before.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from coach.conversation import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL: Final = Path("onnx") / "model.onnx"
TOKENIZER: Final = Path("tokenizer.json")

LONGEST: Final = 96
"""Tokens of a line that are looked at: more than sixty words."""

TOGETHER: Final = 32
"""Lines that are worked out at once, the short ones first, so that few are filled up."""

KEPT: Final = 20_000
"""Lines that are remembered; with more, all are forgotten and taken in anew."""

Vector = np.ndarray[Any, np.dtype[np.float32]]


class SentenceModel:
    """How near sentences come in meaning, by one model; the same answers for the same lines on the same machine.

    Args:
        folder: Holds ``onnx/model.onnx`` and ``tokenizer.json``.
        fingerprint: Names the model and its files, for the fingerprint of a review.

    Raises:
        ModelError: A file is missing, or is no such model.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._session = _session(folder)
        self._tokenizer = _tokenizer(folder)
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._known: dict[str, Vector] = {}

    def learn(self, lines: Sequence[str]) -> None:
        """Take in lines, all at once, which is quicker than one by one."""
        new = sorted({line for line in lines if line not in self._known}, key=lambda line: (len(line), line))
        if len(self._known) + len(new) > KEPT:
            self._known.clear()
        for begin in range(0, len(new), TOGETHER):
            batch = new[begin : begin + TOGETHER]
            self._known.update(zip(batch, self._vectors(batch), strict=True))

    def nearness(self, line: str, others: Sequence[str]) -> Sequence[float]:
        """Return the cosine of a line and each of the others, -1 to 1."""
        if any(name not in self._known for name in (line, *others)):
            self.learn((line, *others))
        own = self._known[line]
        return [float(self._known[other] @ own) for other in others]

    def _vectors(self, lines: Sequence[str]) -> Vector:
        """Return one vector of unit length for each line (lines x width)."""
        encoded = self._tokenizer.encode_batch(list(lines))
        there = np.array([line.attention_mask for line in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([line.ids for line in encoded], dtype=np.int64),
            "attention_mask": there,
            "token_type_ids": np.zeros_like(there),
        }
        states = self._session.run(None, {name: value for name, value in given.items() if name in self._inputs})[0]
        weight = there[..., None].astype(np.float32)
        mean = (states * weight).sum(axis=1) / np.maximum(1.0, weight.sum(axis=1))
        return np.asarray(mean / np.maximum(1e-9, np.linalg.norm(mean, axis=1, keepdims=True)), dtype=np.float32)


def _session(folder: Path) -> InferenceSession:
    import onnxruntime  # noqa: PLC0415  (half a second that only those pay who pulled a model)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the same sums in the same order
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises kinds of its own, all bare
        raise ModelError(_damaged(folder / MODEL, error)) from error


def _tokenizer(folder: Path) -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415

    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # the library raises bare exceptions
        raise ModelError(_damaged(folder / TOKENIZER, error)) from error
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]") or 0, pad_token="[PAD]")  # noqa: S106 - no secret
    return tokenizer


def _damaged(path: Path, error: Exception) -> str:
    return (
        f"The sentence model's {path.name} cannot be read ({type(error).__name__}). Pull it again with "
        f'`coach models pull all-minilm-l6-v2`, or go on without: `semantic = "off"`.'
    )

"""Make the tiny sentence model that tests load: one layer of BERT, 8 wide, with weights drawn by chance.

    python tests/unit/analysis/sentence_model/make.py

Needs the package ``onnx``, which the product does not: run it in an environment of its own. What it means by a sentence
is nothing; its files are read by the same code as a real model's.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

HERE = Path(__file__).parent
WIDTH, HEADS, INNER, POSITIONS = 8, 2, 16, 128
WORDS = "[PAD] [UNK] [CLS] [SEP] so you were charged twice my bill doubled the is not i was and it".split()
WORDS += "that must be hard".split()
WORDS += [f"{mark}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz'0123456789" for mark in ("", "##")]


class Graph:
    """A graph under construction: nodes and constants get names by number."""

    def __init__(self, seed: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.onnx: Any = importlib.import_module("onnx")
        self._draw = np.random.default_rng(seed)

    def constant(self, value: ArrayLike, kind: type[np.generic] = np.float32) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.array(value, dtype=kind, order="C"), name))
        return name

    def drawn(self, *shape: int) -> str:
        """Add weights drawn by chance."""
        return self.constant(self._draw.normal(0, 0.4, shape))

    def add(self, kind: str, *inputs: str, **how: object) -> str:
        """Add a node and return the name of what it gives."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], **how))
        return name

    def linear(self, given: str, wide: int, out: int) -> str:
        """Add a linear layer."""
        return self.add("Add", self.add("MatMul", given, self.drawn(wide, out)), self.drawn(out))

    def normed(self, given: str) -> str:
        """Add layer normalisation."""
        scale, shift = self.constant(np.ones(WIDTH)), self.constant(np.zeros(WIDTH))
        return self.add("LayerNormalization", given, scale, shift, axis=-1)


def embedded(graph: Graph) -> str:
    """Add the embedding of tokens, their places and their types."""
    token = graph.add("Gather", graph.drawn(len(WORDS), WIDTH), "input_ids", axis=0)
    of_type = graph.add("Gather", graph.drawn(2, WIDTH), "token_type_ids", axis=0)
    length = graph.add("Gather", graph.add("Shape", "input_ids"), graph.constant(1, np.int64), axis=0)
    places = graph.add("Range", graph.constant(0, np.int64), length, graph.constant(1, np.int64))
    place = graph.add("Gather", graph.drawn(POSITIONS, WIDTH), places, axis=0)
    return graph.normed(graph.add("Add", graph.add("Add", token, of_type), place))


def attended(graph: Graph, given: str) -> str:
    """Add self-attention that looks at no padding."""
    there = graph.add("Cast", "attention_mask", to=graph.onnx.TensorProto.FLOAT)
    missing = graph.add("Mul", graph.add("Sub", graph.constant(1.0), there), graph.constant(-1e9))
    mask = graph.add("Unsqueeze", missing, graph.constant([1, 2], np.int64))
    apart = graph.constant([0, 0, HEADS, WIDTH // HEADS], np.int64)
    query, key, value = (
        graph.add("Transpose", graph.add("Reshape", graph.linear(given, WIDTH, WIDTH), apart), perm=[0, 2, 1, 3])
        for _ in range(3)
    )
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    scaled = graph.add("Mul", scores, graph.constant((WIDTH // HEADS) ** -0.5))
    mixed = graph.add("MatMul", graph.add("Softmax", graph.add("Add", scaled, mask), axis=-1), value)
    joined = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    whole = graph.add("Reshape", joined, graph.constant([0, 0, WIDTH], np.int64))
    return graph.normed(graph.add("Add", graph.linear(whole, WIDTH, WIDTH), given))


def main() -> None:
    """Write model and tokenizer."""
    graph = Graph(seed=4)
    helper, kinds = graph.onnx.helper, graph.onnx.TensorProto
    state = attended(graph, embedded(graph))
    inner = graph.add("Relu", graph.linear(state, WIDTH, INNER))
    state = graph.normed(graph.add("Add", graph.linear(inner, INNER, WIDTH), state))
    graph.nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
    shape = ["batch", "sequence"]
    given = [
        helper.make_tensor_value_info(name, kinds.INT64, shape)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    out = helper.make_tensor_value_info("last_hidden_state", kinds.FLOAT, [*shape, WIDTH])
    whole = helper.make_graph(graph.nodes, "tiny", given, [out], graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    graph.onnx.checker.check_model(model)
    (HERE / "onnx").mkdir(exist_ok=True)
    graph.onnx.save(model, str(HERE / "onnx" / "model.onnx"))
    (HERE / "tokenizer.json").write_text(json.dumps(tokenizer()) + "\n", encoding="utf-8")


def tokenizer() -> dict[str, Any]:
    """Return a tokenizer in the hubs' format: word pieces, lower case, padded to a fixed length as theirs is."""
    special = [
        {"id": i, "content": WORDS[i], "special": True, "normalized": False}
        | dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
        for i in range(4)
    ]
    return {
        "version": "1.0",
        "truncation": {"max_length": 128, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": {
            "strategy": {"Fixed": 128},
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        },
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                name: {"id": name, "ids": [WORDS.index(name)], "tokens": [name]} for name in ("[CLS]", "[SEP]")
            },
        },
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {word: index for index, word in enumerate(WORDS)},
        },
    }


if __name__ == "__main__":
    main()

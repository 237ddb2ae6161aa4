"""The review file keeps its contract: names, rounding, nulls with reasons, and a schema that means it."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from coach.conversation import Findings, Interval, Measure, Moment
from coach.reporting.view import SCHEMA, as_json, json_text
from coach.resources import resource

TOP = [
    "schema", "recording", "separation", "heard", "warnings", "masked", "provenance", "call_type", "turns", "speech",
    "measures", "moments", "skills", "coaching",
]  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("reports", "review.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_the_file_has_every_field_of_the_contract(samples: ModuleType) -> None:
    shown = as_json(samples.review())

    assert shown["schema"] == SCHEMA == "coach.review/1"
    assert [name for name in TOP if name not in shown] == []
    assert set(shown["turns"][0]) >= {"role", "speaker", "kind", "start", "end", "text", "words"}
    assert shown["coaching"]["try"]["suggestion"].startswith("You waited")
    assert "suggestion" not in shown["coaching"]["keep"]
    assert shown["speech"]["unknown"] == []
    assert shown["speech"]["agent"][0] == [0.6, 2.8]


def test_the_schema_accepts_every_made_review(samples: ModuleType, schema: dict[str, Any]) -> None:
    for review in (samples.review(), samples.transcript_only(), samples.saying("= <b>\u202e [card]")):
        jsonschema.validate(json.loads(json_text(review)), schema)


def _drop_reason(review: dict[str, Any]) -> None:
    review["measures"]["pace_customer"]["why"] = None


BREAKAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another schema number": lambda r: r.update(schema="coach.review/2"),
    "no turns": lambda r: r.pop("turns"),
    "a kind nobody knows": lambda r: r["moments"][0].update(kind="rudeness"),
    "a role nobody knows": lambda r: r["turns"][0].update(role="supervisor"),
    "a missing measure": lambda r: r["measures"].pop("talk_ratio"),
    "a null without a reason": _drop_reason,
    "a measure in another unit": lambda r: r["measures"]["patience"].update(unit="ratio"),
    "a confidence above 1": lambda r: r["moments"][0].update(confidence=1.2),
    "a time before the start": lambda r: r["moments"][0].update(start=-0.1),
    "a masked count that is content": lambda r: r["masked"].update(card="4111"),
    "an interval of three": lambda r: r["speech"]["agent"].append([1, 2, 3]),
    "no try field": lambda r: r["coaching"].pop("try"),
    "a channel 2": lambda r: r["recording"].update(agent_channel=2),
    "a hash of another kind": lambda r: r["recording"].update(sha256="deadbeef"),
    "a turn index that is none": lambda r: r["moments"][0].update(evidence={"customer_turn": -1}),
}


@pytest.mark.parametrize("what", BREAKAGES)
def test_the_schema_refuses(what: str, samples: ModuleType, schema: dict[str, Any]) -> None:
    broken = copy.deepcopy(as_json(samples.review()))
    BREAKAGES[what](broken)

    assert list(jsonschema.Draft202012Validator(schema).iter_errors(broken))


def test_numbers_are_rounded_once_and_are_never_nan(samples: ModuleType) -> None:
    made = samples.review()
    moment = Moment(
        "backchannel", "agent", Interval(1.23456, 2.34567), "mm", 0.123456,
        {"overlap": math.nan, "level": 1 / 3, "about": Interval(0.12345, 1), "shared": {"b", "a"}},
    )  # fmt: skip
    findings = Findings(
        (Measure("talk_ratio", "ratio", 1 / 3, 1.23456, math.inf), Measure("patience", "s", math.nan)), (moment,)
    )

    shown = as_json(replace(made, findings=findings, heard={"agent": 0.123456}))

    assert shown["moments"][0]["start"] == 1.235
    assert shown["moments"][0]["confidence"] == 0.123456
    assert shown["moments"][0]["evidence"] == {
        "overlap": None, "level": 0.333333, "about": [0.123, 1], "shared": ["a", "b"],
    }  # fmt: skip
    assert shown["measures"]["talk_ratio"]["value"] == 0.333333
    assert shown["measures"]["talk_ratio"]["denominator"] is None
    assert shown["measures"]["patience"]["value"] is None
    assert shown["measures"]["patience"]["why"]
    assert shown["heard"] == {"agent": 0.123456, "customer": None}


def test_shares_still_add_up_after_rounding(samples: ModuleType) -> None:
    measures = as_json(samples.review())["measures"]

    def value(name: str) -> float:
        return float(measures[name]["value"])

    whole = value("talk_share_agent") + value("talk_share_customer") - value("overlap_ratio") + value("silence_ratio")
    assert whole == pytest.approx(1, abs=2e-4)


def test_the_text_reads_back_and_keeps_words_on_one_line(samples: ModuleType) -> None:
    made = samples.review()
    text = json_text(made)

    assert json.loads(text) == json.loads(json.dumps(as_json(made)))
    assert text.endswith("}\n")
    assert any(line.strip().startswith('{"text": "Thank"') for line in text.splitlines())


def test_text_that_utf8_cannot_carry_is_written_all_the_same(samples: ModuleType) -> None:
    json_text(samples.saying("a name with \udcff in it")).encode("utf-8")


def test_without_a_recording_every_field_of_it_is_null(samples: ModuleType) -> None:
    recording = as_json(samples.transcript_only())["recording"]

    assert recording.pop("parts") == []
    assert set(recording.values()) == {None}

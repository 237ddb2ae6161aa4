"""Lists of calls: what is read of them, and the sentence for what cannot be."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.app.intake.manifest import COLUMNS, LONGEST_LINE, Row, read_manifest
from coach.app.intake.times import Zone
from coach.conversation import CoachError, NoSuchRecording, UsageError

BERLIN = Zone("Europe/Berlin")


def rows(tmp_path: Path, text: str | bytes, name: str = "calls.csv") -> list[Row]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_manifest(path, BERLIN))


def values(row: Row) -> dict[str, object]:
    return {name: known.value for name, known in row.told.known.items()}


def test_a_row_tells_every_field_and_where_it_stands(tmp_path: Path) -> None:
    [row] = rows(
        tmp_path,
        "recording,id,agent,started_at,direction,agent_channel,call_type,queue,duration,customer\n"
        "a/1.wav,c-1,Dana,2026-03-02T09:14:05-05:00,Outbound,1,high-bill,billing,3:12,+1 212 555 0188\n",
    )

    assert row.files == {"recording": "a/1.wav"}
    assert values(row) == {
        "id": "c-1",
        "agent": "Dana",
        "started_at": datetime(2026, 3, 2, 9, 14, 5, tzinfo=timezone(timedelta(hours=-5))),
        "direction": "outbound",
        "agent_channel": "right",
        "call_type": "high-bill",
        "queue": "billing",
        "duration": 192.0,
    }
    assert {known.source for known in row.told.known.values()} == {"the manifest, line 2"}
    assert row.told.private == ("+1 212 555 0188",)
    assert "0188" not in repr(row)


def test_a_time_without_a_zone_is_placed_and_that_is_said(tmp_path: Path) -> None:
    [row] = rows(tmp_path, "recording,started_at\n1.wav,2026-07-02 09:14\n")

    at = row.told.known["started_at"]
    assert at.value == datetime(2026, 7, 2, 9, 14, tzinfo=timezone(timedelta(hours=2)))
    assert at.note == "local time without a zone, taken as Europe/Berlin, by the setting timezone (UTC+02:00)"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_write_the_same_list_in_many_ways(tmp_path: Path, delimiter: str, mark: bytes, end: str) -> None:
    text = end.join([delimiter.join(["Recording", "agent"]), delimiter.join(["1.wav", '"Dana, the\nsecond"']), ""])

    [row] = rows(tmp_path, mark + text.encode())

    assert (row.line, row.files["recording"], values(row)["agent"]) == (2, "1.wav", "Dana, the second")


def test_lines_count_as_an_editor_counts_them(tmp_path: Path) -> None:
    found = rows(tmp_path, 'sep=;\nrecording;agent\n1.wav;"Dana\n\nK"\n;\n2.wav;Ann\n')

    assert [(row.line, row.files["recording"]) for row in found] == [(3, "1.wav"), (7, "2.wav")]


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    found = rows(tmp_path, 'recording,agent\n1.wav,"=HYPERLINK(""x"")"\n2.wav,"=""007"""\n3.wav,@SUM(1)\n')

    assert [values(row)["agent"] for row in found] == ['=HYPERLINK("x")', "007", "@SUM(1)"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("direction", "sideways", "inbound, outbound or internal"),
        ("agent_channel", "2", "left, right, 0 or 1"),
        ("started_at", "03/02/2026", "a time such as"),
        ("started_at", "0001-01-01", "a time such as"),
        ("started_at", "99999999999999999999", "a time such as"),
        ("call_type", "High bill", "small letters"),
        ("duration", "nan", "seconds"),
        ("agent", "x" * 300, "up to 200"),
    ],
)
def test_a_value_that_cannot_be_is_left_out_and_told(tmp_path: Path, field: str, value: str, expected: str) -> None:
    [row] = rows(tmp_path, f"recording,{field}\n1.wav,{value}\n")

    assert row.told.known == {}
    assert row.told.notes[0].startswith(f"The manifest, line 2 has a {field} that is not ")
    assert expected in row.told.notes[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("recording,agnet\n1.wav,D\n", 'line 1: there is no column "agnet"; did you mean "agent"'),
        ("agent,queue\nD,q\n", 'no column is called "recording"'),
        ("recording,agent,agent\n1.wav,a,b\n", "is there twice"),
        ("recording,agent\n1.wav,Dana\n2.wav,Smith, Ann\n", "line 3: there are 3 fields and 2 columns"),
        ('recording,agent\n1.wav,"Dana\n2.wav,Ann\n', "line 2: cannot be read as CSV: a quote"),
        (b"recording,agent\n1.wav,Dana\n2.wav,Ren\xe9\n", "line 3: is not UTF-8"),
        (b"recording,agent\n1.wav,Da\0na\n", "line 2: there is a zero byte"),
        ("recording,agent\n1.wav,Dana\n".encode("utf-16"), "is UTF-16"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        ("recording,agent\n1.wav," + "x" * 30_000 + "\n", "line 2: a field is longer"),
        (b"recording,agent\n1.wav," + b"x" * (LONGEST_LINE + 2), "line 2: a line is longer"),
        (b"recording\n" + b"\n" * 3 + b'"' + b"x\n" * 200_000, "line 5: cannot be read as CSV"),
    ],
)
def test_what_is_no_list_of_calls_is_refused_with_its_line(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    with pytest.raises(UsageError, match=r"The manifest calls\.csv") as refused:
        rows(tmp_path, text)

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("1.wav,a.wav,", "names a recording and one file a party"),
        (",a.wav,", "customer_file is empty"),
        (",,b.wav", "agent_file is empty"),
        ("1.wav,,", None),
        (",a.wav,b.wav", None),
    ],
)
def test_a_row_names_a_recording_or_both_parties(tmp_path: Path, row: str, wrong: str | None) -> None:
    [found] = rows(tmp_path, f"recording,agent_file,customer_file\n{row}\n")

    assert wrong is None if found.wrong is None else wrong is not None and wrong in found.wrong


def test_json_is_a_list_or_one_object_a_line(tmp_path: Path) -> None:
    calls = [{"recording": "1.wav", "agent": "Dana", "agent_channel": 1, "queue": None}, {"recording": "2.wav"}]

    listed = rows(tmp_path, json.dumps(calls), "calls.json")
    lines = rows(tmp_path, "\n".join(map(json.dumps, calls)), "calls.jsonl")

    assert [values(row) for row in listed] == [values(row) for row in lines]
    assert values(listed[0]) == {"agent": "Dana", "agent_channel": "right"}
    assert [row.where for row in listed + lines][::3] == ["the manifest, entry 1", "the manifest, line 2"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("c.json", '{"recording": 1}', "is not a list"),
        ("c.json", '[{"recording": "1.wav"},\n {"recording" "2.wav"}]', "line 2: is not valid JSON"),
        ("c.json", '[{"recording": {}}]', "entry 1: the recording is neither"),
        ("c.json", '[{"recordng": "1.wav"}]', 'did you mean "recording"'),
        ("c.json", "[" * 100_000, "is not valid JSON"),
        ("c.jsonl", '{"recording": "1.wav"}\n[]\n', "line 2: is not an object"),
        ("c.jsonl", '{"recording": true}', "line 1: the recording is neither"),
    ],
)
def test_json_that_is_no_list_of_calls_is_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        rows(tmp_path, text, name)

    assert sentence in str(refused.value)


def test_no_manifest_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRecording):
        list(read_manifest(tmp_path / "none.csv"))
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_manifest(tmp_path))


def test_rows_come_before_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("recording\n1.wav\n" + "2.wav\n" * 50_000 + "\0", encoding="utf-8")

    assert next(read_manifest(path)).files == {"recording": "1.wav"}


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters="="), max_size=30)


@given(
    st.lists(st.dictionaries(st.sampled_from(COLUMNS), texts), max_size=6),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=60)
def test_whatever_a_spreadsheet_writes_is_read_back(calls: list[dict[str, str]], delimiter: str, end: str) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(calls)
    with TemporaryDirectory() as folder:
        found = rows(Path(folder), text.getvalue())

    expected = [[" ".join(call.get(name, "").split()) for name in ("recording", "customer")] for call in calls]
    read = [[row.files.get("recording", ""), "".join(row.told.private)] for row in found]
    assert read == [
        one for one, call in zip(expected, calls, strict=True) if any(text.strip() for text in call.values())
    ]


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_whatever_else_a_file_holds_is_read_or_refused_in_a_sentence(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        for start in (b"", b"recording,agent\n", b'{"recording": '):
            for name in ("c.csv", "c.json", "c.jsonl"):
                told = f"The manifest {name}"
                try:
                    rows(Path(folder), start + raw, name)
                except CoachError as refused:
                    told = str(refused)
                assert told.startswith(f"The manifest {name}")

"""What others hand over to be taken in: lists of calls, saved notes and takes, phrasebooks, agreements, reviews."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from pathlib import Path

from coach.app import adding, words_added
from coach.app.intake.manifest import read_manifest
from coach.app.settings import gather
from coach.app.shift.policy import require
from coach.reporting.text import clean
from coach.store.reading import rows
from tests.fuzz.engine import Breach

MANIFESTS = (
    b"recording,agent,started_at,direction,agent_channel,call_type,customer\n"
    b'"a,1.wav",Dana,2026-03-02T09:14:00Z,inbound,right,high-bill,+1 312 555 0187\n'
    b"b.wav,,02/03/2026 09:14,out,left,,\n",
    b"agent_file;customer_file;agent\r\na.wav;b.wav;Dana\r\n",
    b'[{"recording": "a.wav", "agent": "Dana", "duration": 12.5}, {"recording": "b.wav", "started_at": "1767225600"}]',
    b'{"recording": "a.wav", "agent": 7}\n{"recording": "b.wav", "direction": "in"}\n',
    "recording\tagent\na.wav\tDana\n".encode("utf-16"),
)
MANIFEST_TOKENS = (
    b'"', b'""', b",", b";", b"\t", b"\r\n", b"=cmd|'/C'", b'="0312"', b"recording", b"agent_file", b"customer_file",
    b"started_at", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"../../etc/passwd", b"http://127.0.0.1:9/x.wav", b"s3://b/k",
    b"9999-12-31T23:59:59+23:59", b"1e308", b"{", b"[", b"null", b"\n",
)  # fmt: skip

NOTES = (
    b'{"schema": "coach.notes/1", "recording": "'
    + b"0b" * 32
    + b'", "name": "x.wav", "agent": "right", "fingerprint": '
    b'"3f", "coach": "0.1.0", "saved_at": "2026-03-02T18:05:00.000Z", "first": {"turn": 1, "start": 5.4, "end": 27.2, '
    b'"finding": "given", "question": "?", "answer": "yes", "answered_at": "2026-03-02T18:04:00.000Z"}, "misheard": '
    b'[{"kind": "distress", "role": "customer", "start": 13.9, "end": 18.1, "noted_at": "2026-03-02T18:04:30.000Z"}], '
    b'"takes": [{"kind": "missed_empathy", "role": "customer", "start": 1, "end": 2, "turn": 1, "drill": "x-say-back", '
    b'"said": "that is a shock", "taken_at": "2026-03-02T18:04:30.000Z"}], "not_me": null}',
    b'{"said": "that is a shock", "kind": "missed_empathy", "drill": "high-bill-say-back", "on": "2026-03-02", "by": '
    b'"team", "id": "12345678"}\n{"said": "let me look", "kind": "missed_paraphrase", "on": "2026-03-02"}\n',
)

NOTE_TOKENS = (b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"1e400", b"NaN", b"coach.take/1")

POLICIES = (
    b'purpose = "coaching"\nsupervisors = ["Lead"]\nsees = ["figures", "reports"]\nkeep_days = 90\n'
    b'told_on = 2026-03-02\nask = "Lead"\n',
)

TODAY = date(2026, 11, 1)


def manifest(data: bytes, folder: Path) -> None:
    path = folder / f"calls.{ ({b'[': 'json', b'{': 'jsonl'}.get(data[:1], 'csv')) }"
    path.write_bytes(data)
    for number, row in enumerate(read_manifest(path)):
        if row.wrong is not None and (len(row.wrong) > 2000 or clean(row.wrong) != row.wrong):
            raise Breach("a reason that can be shown")
        if any("\0" in name for name in row.files.values()):
            raise Breach("a path without a zero")
        if number > 20_000:
            return


def notes(data: bytes, folder: Path) -> None:
    path = folder / "x.notes.json"
    path.write_bytes(data)
    for found, document in adding._documents(path):
        if document["schema"] == adding.NOTES and found == path:
            with contextlib.suppress(
                KeyError, TypeError, ValueError, AttributeError, OverflowError
            ):  # as its caller does
                list(adding._answers(document, {}))
    os.environ["XDG_DATA_HOME"] = str(folder)
    (folder / "coach" / "words.jsonl").unlink(missing_ok=True)
    for one in words_added.add(path, gather({}, environment={}, folder=folder), None):
        if clean(one.said) != one.said or len(one.said) > 2000:
            raise Breach("words that can be shown")


def policy(data: bytes, folder: Path) -> None:
    path = folder / "policy.toml"
    path.write_bytes(data)
    require(path, today=TODAY)


def stored(data: bytes, _folder: Path) -> None:
    try:
        review = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(review, dict):
        made = rows(review)
        json.dumps([made.call, made.result, made.run], allow_nan=False, default=str)

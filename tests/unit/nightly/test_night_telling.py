"""What a night tells: each thing that is new, once, in plain sentences; counts alone where it is mailed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.intake.known import Found
from coach.app.nightly.ledger import Ledger
from coach.app.nightly.telling import digest_of
from coach.app.shift.cases import End, Taken
from coach.reporting.digest import COUNTS, Digest, is_digest, mail_text, render_digest, sentences, subject
from coach.reporting.phrases import phrases
from coach.store.store import Store, open_store
from coach.store.values import State
from tests.unit.coaching.test_rubric_and_sentences import BLAME

DAY = "2026-03-02"
ENDS: tuple[End, ...] = ("reviewed", "unchanged", "failed", "quarantined", "copy", "forgotten", "waiting", "gone")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "shift.sqlite"), purpose="shift") as store:
        yield store


def taken(name: str, end: End, **more: object) -> Taken:
    values: dict[str, object] = {"key": name * 8, "duration": 60.0}
    return Taken(Found(f"/in/{name}.wav", Path(f"/in/{name}.wav"), {}), end, **(values | more))  # type: ignore[arg-type]


def begun(folder: Path, *keys: str) -> Ledger:
    ledger = Ledger(folder)
    for key in keys:
        ledger.begin(key)
    return ledger


def told(folder: Path, store: Store, *ends: Taken, keys: tuple[str, ...] | None = None, waiting: int = 0) -> Digest:
    """Return what is told of a night in which these were begun."""
    ledger = begun(folder, *(keys if keys is not None else tuple(one.key for one in ends if one.key)))
    return digest_of(ends, waiting, ledger, store, 90.0)


def test_each_end_is_counted_as_what_it_is(tmp_path: Path, store: Store) -> None:
    digest = told(
        tmp_path,
        store,
        taken("a", "reviewed"),
        taken("b", "reviewed", partial=True),
        taken("c", "failed", message="c.wav: has no sound.", duration=None),
        taken("d", "quarantined", message="It stopped its worker twice.", duration=None),
        taken("e", "copy", key=""),
        taken("f", "forgotten", key=""),
        taken("g", "waiting"),
        taken("h", "gone"),
        waiting=2,
    )

    assert {name: getattr(digest, name) for name in COUNTS} == {
        "reviewed": 2,
        "failed": 1,
        "quarantined": 1,
        "partial": 1,
        "old": 0,
        "waiting": 3,
        "copies": 1,
        "forgotten": 0,
    }
    assert digest.sound == 120.0
    assert digest.seconds == 90.0
    assert digest.reasons == (("c.wav", "c.wav: has no sound."), ("d.wav", "It stopped its worker twice."))


def test_what_was_not_begun_is_no_news(tmp_path: Path, store: Store) -> None:
    old = [taken("a", "unchanged", known=True), taken("b", "failed", message="no", known=True)]

    digest = told(tmp_path, store, *old, keys=())

    assert not digest.news
    assert digest.reasons == ()
    assert sentences(digest) == ["Nothing was new."]


def test_what_a_killed_night_did_is_told_by_the_next_from_what_is_kept(tmp_path: Path, store: Store) -> None:
    states: tuple[tuple[str, State, str | None], ...] = (
        ("done", "done", None),
        ("bad", "failed", "bad.wav: has no sound."),
        ("poison", "quarantined", "It stopped its worker twice."),
        ("wait", "waiting", None),
        ("work", "working", None),
        ("gone", "gone", "It was moved away."),
    )
    for key, state, message in states:
        store.begin(key, f"/in/sub/{key}.wav")
        if state == "waiting":
            store.wait(key, f"/in/sub/{key}.wav")
        elif state != "working":
            store.finish(key, state, message=message, exit_code=3)

    digest = told(tmp_path, store, keys=tuple(key for key, _, _ in states))

    assert (digest.reviewed, digest.failed, digest.quarantined) == (1, 1, 1)
    assert digest.waiting == 0  # what it left is found in the inbox, or is not
    assert digest.reasons == (("bad.wav", "bad.wav: has no sound."), ("poison.wav", "It stopped its worker twice."))


def test_what_the_killed_night_reviewed_and_this_one_finds_done_counts_once(tmp_path: Path, store: Store) -> None:
    store.begin("aaaaaaaa", "/in/a.wav")
    store.finish("aaaaaaaa", "done", exit_code=0)

    digest = told(tmp_path, store, taken("a", "unchanged", known=True, duration=None), keys=("aaaaaaaa",))

    assert digest.reviewed == 1
    assert digest.sound == 0.0  # its length is not known any more: nothing is made up


def test_a_recording_that_nothing_is_known_of_is_not_told(tmp_path: Path, store: Store) -> None:
    assert not told(tmp_path, store, keys=("never-begun-in-the-store",)).news


def test_the_name_of_a_windows_path_is_its_last_part(tmp_path: Path, store: Store) -> None:
    store.begin("k", "C:\\calls\\a.wav")
    store.finish("k", "failed", message="has no sound.", exit_code=3)

    assert told(tmp_path, store, keys=("k",)).reasons == (("a.wav", "has no sound."),)


@given(st.lists(st.tuples(st.sampled_from(ENDS), st.booleans()), max_size=12))
def test_everything_that_was_begun_is_in_one_count_at_most(
    tmp_path_factory: pytest.TempPathFactory, ends: list[tuple[End, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("night")
    made = [taken(f"call{number}", end, message="m") for number, (end, _) in enumerate(ends)]
    ledger = begun(folder, *(one.key for one, (_, new) in zip(made, ends, strict=True) if new))

    class Nothing:
        def attempts(self) -> list[object]:
            return []

        def call(self, _sha256: str) -> None:
            return None

    digest = digest_of(made, 0, ledger, Nothing(), 1.0)  # type: ignore[arg-type]

    new = [end for end, is_new in ends if is_new]
    assert digest.reviewed == sum(end in ("reviewed", "unchanged") for end in new)
    assert digest.failed + digest.quarantined == sum(end in ("failed", "quarantined") for end in new)
    assert len(digest.reasons) == digest.failed + digest.quarantined
    assert digest.waiting == sum(end == "waiting" for end, _ in ends)
    assert digest.news == any(end in ("reviewed", "unchanged", "failed", "quarantined") for end in new)


# The words.


@pytest.mark.parametrize(
    ("name", "one", "many"),
    [
        ("reviewed", "One new call was reviewed.", "7 new calls were reviewed."),
        ("failed", "One recording could not be reviewed.", "7 recordings could not be reviewed."),
        (
            "quarantined",
            "One recording was set aside: it stopped what worked on it.",
            "7 recordings were set aside: each stopped what worked on it.",
        ),
        (
            "partial",
            "One recording was cut short or damaged; what there is of it was reviewed.",
            "7 recordings were cut short or damaged; what there is of them was reviewed.",
        ),
        (
            "waiting",
            "One recording is still being written, or did not fit on the disk; the next night takes it up.",
            "7 recordings are still being written, or did not fit on the disk; the next night takes them up.",
        ),
        (
            "copies",
            "One file is a copy of a recording that is reviewed already.",
            "7 files are copies of recordings that are reviewed already.",
        ),
        (
            "forgotten",
            "One call was forgotten, as it was agreed how long calls are kept.",
            "7 calls were forgotten, as it was agreed how long calls are kept.",
        ),
    ],
)
def test_one_is_one_and_several_are_several(name: str, one: str, many: str) -> None:
    assert one in sentences(Digest(DAY, **{name: 1}))  # type: ignore[arg-type]
    assert many in sentences(Digest(DAY, **{name: 7}))  # type: ignore[arg-type]


def test_every_count_has_its_sentences() -> None:
    say = phrases("night.toml")

    assert [name for name in COUNTS if not (say.has(f"{name}.one") and say.has(f"{name}.many"))] == []
    assert set(COUNTS) <= {field for field in Digest.__dataclass_fields__}


def test_a_night_without_reviews_says_so_first() -> None:
    assert sentences(Digest(DAY, failed=1)) == ["No new call was reviewed.", "One recording could not be reviewed."]


def test_an_empty_night_is_one_sentence() -> None:
    assert sentences(Digest(DAY)) == ["Nothing was new."]
    assert not Digest(DAY).news
    assert not Digest(DAY, waiting=3, copies=2).news  # nobody is woken for what will be there tomorrow


@pytest.mark.parametrize("name", ["reviewed", "failed", "quarantined", "partial", "forgotten"])
def test_what_somebody_should_know_is_news(name: str) -> None:
    assert Digest(DAY, **{name: 1}).news  # type: ignore[arg-type]


def test_what_it_took_stands_beside_what_it_took_it_for() -> None:
    said = sentences(Digest(DAY, reviewed=2, seconds=125.0, sound=3725.0))[-1].replace("\u00a0", " ")

    assert said == "It took 2 min 5 s for 1 h 2 min of calls."
    assert not any("It took" in line for line in sentences(Digest(DAY, failed=1, seconds=9.0)))


def test_no_sentence_blames_and_each_ends() -> None:
    every = Digest(DAY, **dict.fromkeys(COUNTS, 2), seconds=9.0, sound=9.0)  # type: ignore[arg-type]

    for line in (*sentences(every), *phrases("night.toml").sentences.values()):
        assert not BLAME.search(line.replace("forgotten", "")), line  # which calls are, and nobody's failing
    assert all(line.endswith(".") for line in sentences(every))
    assert len(sentences(every)) == len(COUNTS) + 1


NAMES = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=4))
def test_a_name_in_the_digest_is_no_markup_and_no_second_line(reasons: list[tuple[str, str]]) -> None:
    text = render_digest(Digest(DAY, failed=len(reasons), reasons=tuple(reasons)), "shift.html")

    assert is_digest(text)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == (len(reasons) + 1 if reasons else 0)
    for row in rows:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3, row
        assert not re.search(r"(?<!\\)(?:\\\\)*<", row)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_subject_is_a_count_and_the_mail_holds_no_reason(reviewed: int, failed: int) -> None:
    reasons = (("Mrs-Jones-212-555-0188.wav", "Mrs-Jones-212-555-0188.wav: says that the bill is wrong."),)
    digest = Digest(DAY, reviewed=reviewed, failed=failed, reasons=reasons)

    assert subject(digest) == f"Last night's calls: {reviewed} reviewed"
    for text in (subject(digest), mail_text(digest, "https://files.example.org/shift.html")):
        assert "Jones" not in text
        assert "0188" not in text
        assert "bill" not in text
    assert "The reasons stand in the digest beside the page." in " ".join(mail_text(digest, None).split())


def test_the_day_of_the_digest_is_this_offices(tmp_path: Path, store: Store) -> None:
    before = datetime.now().astimezone().date().isoformat()
    digest = told(tmp_path, store)

    assert digest.day in (before, datetime.now(UTC).astimezone().date().isoformat())

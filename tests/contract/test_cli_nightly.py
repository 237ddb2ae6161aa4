"""``coach nightly`` as cron and a person meet it: exit codes, files, mail, what is forgotten, what waits."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command import Ran, coach
from filelock import FileLock
from mail.sink import CERTIFICATE, PASSWORD, USER, Sink, mail_sink
from nights import Here, engine_here, make_call, told, unmasked, write_night

from coach.app.nightly import night as nightly
from coach.app.nightly.orders import load_night
from coach.reporting.digest import Digest, render_digest
from coach.resources import resource
from coach.store.store import open_store

DAY = 86_400.0


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


@pytest.fixture(name="engine")
def _engine(monkeypatch: pytest.MonkeyPatch) -> Here:
    engine = Here()
    monkeypatch.setattr(nightly, "open_engine", lambda *_, **__: engine_here(engine))
    return engine


class Nights:
    """A place in which nights are run."""

    def __init__(self, folder: Path, engine: Here) -> None:
        self.folder, self.engine = folder, engine
        self.inbox, self.out = folder / "inbox", folder / "out"
        self.recipe = write_night(folder)
        self.seed = 0

    def orders(self, mail: Mapping[str, object] | None = None, **night: object) -> None:
        """Change what the night is to do."""
        self.recipe = write_night(self.folder, mail, **night)

    def call(self, name: str) -> Path:
        """Put a call into the inbox."""
        self.seed += 1
        return make_call(self.inbox / name, self.seed, 3.0)

    def run(self, *options: str) -> Ran:
        """Run a night."""
        self.engine.began.clear()
        return coach("nightly", self.recipe, *options, cwd=self.folder)

    def digests(self) -> list[str]:
        """Return the digests, oldest first."""
        found = sorted(
            self.out.glob("night-*.md"), key=lambda path: path.stat().st_mtime_ns
        )  # two may be of one second
        return [path.read_text(encoding="utf-8") for path in found]

    def counts(self) -> dict[str, object]:
        """Run a night and return its counts."""
        ran = self.run("--json")
        found: dict[str, object] = json.loads(ran.stdout)
        return found


@pytest.fixture(name="nights")
def _nights(tmp_path: Path, engine: Here) -> Nights:
    return Nights(tmp_path, engine)


def test_without_an_agreement_no_night_runs(nights: Nights) -> None:
    nights.call("a.wav")
    (nights.folder / "policy.toml").unlink()
    ran = nights.run()
    assert ran.returncode == 5
    assert "coach shift --setup" in " ".join(ran.stderr.split())
    assert not nights.out.exists()


def test_an_empty_inbox_is_a_quiet_night(nights: Nights) -> None:
    ran = nights.run("--quiet")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert nights.digests() == []


def test_what_is_new_is_reviewed_once_and_the_next_night_has_nothing_to_do(nights: Nights) -> None:
    for name in ("a.wav", "b.wav"):
        nights.call(name)
    ran = nights.run()
    assert ran.returncode == 0, ran.stderr
    assert "2 new calls were reviewed." in ran.stdout
    assert all(len(line) <= 80 for line in ran.stderr.splitlines())
    assert {path.name for path in nights.out.iterdir()} >= {"a.html", "a.json", "b.html", "shift.html", "calls.csv"}
    (digest,) = nights.digests()
    assert "2 new calls were reviewed." in digest
    assert ran.stdout.rstrip().endswith(".md")

    again = nights.run()
    assert (again.returncode, nights.engine.began) == (0, [])
    assert again.stdout == "Nothing was new.\n"
    assert len(nights.digests()) == 1
    nights.call("c.wav")
    assert nights.counts()["reviewed"] == 1
    assert nights.engine.began == ["c.wav"]
    assert json.loads((nights.out / "a.json").read_text(encoding="utf-8"))["masked"] == {"card": 1}
    assert unmasked(nights.out, nights.folder / "shift", *_user_folders()) == []


def _user_folders() -> list[Path]:
    return [Path(os.environ[f"XDG_{name}_HOME"]) for name in ("DATA", "STATE", "CACHE")]


def test_json_is_one_object_of_counts_and_names_no_call(nights: Nights) -> None:
    nights.call("a.wav")
    (nights.inbox / "212-555-0188.wav").write_bytes(b"RIFF....WAVEnothing")
    ran = nights.run("--json")
    counts = json.loads(ran.stdout)
    assert (counts["reviewed"], counts["failed"], counts["mailed"]) == (1, 1, 0)
    assert ran.returncode == 3
    assert Path(counts["digest"]).is_file()
    assert "0188" not in ran.stdout + ran.stderr + nights.digests()[0]


def test_a_second_run_beside_the_first_is_told_and_changes_nothing(nights: Nights) -> None:
    nights.call("a.wav")
    context = multiprocessing.get_context("spawn")
    held, let_go = context.Event(), context.Event()
    other = context.Process(target=hold, args=(str(nights.out), held, let_go))
    other.start()
    try:
        assert held.wait(60)
        ran = nights.run()
        assert ran.returncode == 75
        assert "Another run of coach is at work" in ran.stderr
        assert nights.engine.began == []
    finally:
        let_go.set()
        other.join(30)
    assert nights.run().returncode == 0


def hold(folder: str, held: object, let_go: object) -> None:
    """Be another run of coach: hold the folder's lock in a process of its own."""
    from coach.locking import NAME  # noqa: PLC0415  (in the other process)

    Path(folder).mkdir(exist_ok=True)
    with FileLock(Path(folder) / NAME):
        held.set()  # type: ignore[attr-defined]
        let_go.wait(60)  # type: ignore[attr-defined]


def test_an_inbox_that_is_not_there_is_told_every_night(nights: Nights) -> None:
    nights.orders(inbox=["away"])
    for _ in range(2):
        ran = nights.run("--quiet")
        assert ran.returncode == 4
        assert "Is its drive mounted?" in " ".join(ran.stderr.split())
    nights.orders(inbox=["inbox", "away"])
    nights.call("a.wav")
    assert [nights.run("--quiet").returncode for _ in range(2)] == [4, 4]
    assert nights.engine.began == []  # the first of the two did it
    assert "One new call was reviewed." in nights.digests()[0]


def test_what_cannot_be_reviewed_is_told_once_and_left_alone(nights: Nights) -> None:
    nights.call("a.wav")
    (nights.inbox / "b.wav").write_bytes(b"RIFF....WAVEnothing")
    ran = nights.run("--quiet")
    assert ran.returncode == 3
    assert "b.wav" in ran.stderr
    assert "b.wav" in nights.digests()[0]
    again = nights.run("--quiet")
    assert (again.returncode, again.stderr, nights.engine.began) == (0, "", [])


def test_what_stops_its_worker_twice_is_set_aside_and_said_once(nights: Nights) -> None:
    nights.call("a.wav")
    nights.call("b.wav")
    nights.engine.deadly = {"b.wav"}
    counts = nights.counts()
    assert (counts["reviewed"], counts["quarantined"]) == (1, 1)
    assert nights.run().returncode == 0
    assert nights.engine.began == []


# Files that are not there yet.


def test_a_file_that_still_grows_waits_and_is_taken_up_by_the_next_night(nights: Nights) -> None:
    nights.orders(settle=0.3)
    path = nights.call("a.wav")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    nights.call("b.wav")

    def grow(seconds: float) -> None:
        assert seconds == 0.3
        path.write_bytes(whole[: len(whole) * 3 // 4])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coach.app.nightly.settling.time.sleep", grow)
        ran = nights.run()
    assert ran.returncode == 0
    assert nights.engine.began == ["b.wav"]
    assert "a.wav: still being written" in ran.stderr
    assert "One recording is still being written" in nights.digests()[0].replace("\n", " ")
    path.write_bytes(whole)
    assert nights.counts()["reviewed"] == 1
    assert json.loads((nights.out / "a.json").read_text())["recording"]["duration"] == pytest.approx(3.0, abs=0.01)


def test_an_empty_file_waits_a_day_and_is_refused_then(nights: Nights) -> None:
    path = nights.inbox / "a.wav"
    path.touch()
    counts = nights.counts()
    assert (counts["waiting"], counts["failed"], counts["digest"]) == (1, 0, None)
    os.utime(path, (time.time() - 2 * DAY, time.time() - 2 * DAY))
    ran = nights.run()
    assert ran.returncode == 3
    assert "is empty" in nights.digests()[0]
    assert nights.run().returncode == 0
    nights.call("a.wav")
    assert nights.counts()["reviewed"] == 1


def test_a_file_from_what_a_clock_put_back_takes_for_the_future(nights: Nights) -> None:
    path = nights.call("a.wav")
    os.utime(path, (time.time() + 400 * DAY,) * 2)
    nights.orders(settle=0.05)
    assert nights.counts()["reviewed"] == 1
    assert nights.run().stdout == "Nothing was new.\n"


def test_a_file_that_goes_in_the_night_is_no_failure_for_ever(nights: Nights) -> None:
    path = nights.call("a.wav")
    content = path.read_bytes()
    nights.engine.before = lambda source: source.unlink()
    assert nights.run().returncode == 3
    nights.engine.before = lambda _source: None
    path.write_bytes(content)
    assert nights.counts()["reviewed"] == 1


# What is forgotten.


def age(nights: Nights, days: float) -> None:
    """Let all calls of the store have begun some days ago."""
    import sqlite3  # noqa: PLC0415

    at = datetime.now(UTC) - timedelta(days=days)
    with sqlite3.connect(nights.folder / "shift.sqlite") as base:
        base.execute("UPDATE calls SET started_at = ?", (at.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    base.close()


def test_calls_whose_time_is_over_vanish_with_their_reports(nights: Nights) -> None:
    path = nights.call("a.wav")
    nights.run()
    age(nights, 61)
    nights.call("b.wav")
    counts = nights.counts()
    assert (counts["forgotten"], counts["reviewed"]) == (1, 1)
    assert nights.engine.began == ["b.wav"]
    assert "One call was forgotten" in nights.digests()[-1].replace("\n", " ")
    left = {file.name for file in nights.out.iterdir()}
    assert not left & {"a.html", "a.json"}
    assert "a.html" not in (nights.out / "shift.html").read_text(encoding="utf-8")
    with open_store(str(nights.folder / "shift.sqlite"), purpose="shift") as store:
        (tombstone,) = store.tombstones()
        assert tombstone.why == "retention"
        assert len(store.calls()) == 1
        assert list(store.folder.glob(f"*/*/{tombstone.sha256}*")) == []
    assert path.is_file()  # a recording is nobody's but the phone system's
    assert nights.run().stdout == "Nothing was new.\n"


def test_a_recording_that_changed_after_a_night_was_killed_over_it_is_let_go(nights: Nights) -> None:
    nights.call("a.wav")
    nights.run()
    with open_store(str(nights.folder / "shift.sqlite"), purpose="shift") as store:
        store.begin("f" * 64, "b.wav", "f" * 64)  # as it was when the power failed; it has other bytes, or is gone, now
    nights.run()
    with open_store(str(nights.folder / "shift.sqlite"), purpose="shift") as store:
        assert sorted(attempt.state for attempt in store.attempts()) == ["done", "gone"]


def test_a_night_may_keep_calls_for_less_than_was_agreed_on_and_never_for_longer(nights: Nights) -> None:
    nights.call("a.wav")
    nights.run()
    age(nights, 20)
    nights.orders(keep_days=300)
    assert nights.counts()["forgotten"] == 0
    nights.orders(keep_days=14)
    assert nights.counts()["forgotten"] == 1


def test_what_is_too_old_to_be_kept_is_not_even_taken_in(nights: Nights) -> None:
    path = nights.call("a.wav")
    began = datetime.now(UTC) - timedelta(days=90)
    path.with_suffix(".json").write_text(json.dumps({"started_at": began.isoformat()}))
    counts = nights.counts()
    assert (counts["reviewed"], counts["forgotten"], counts["old"], nights.engine.began) == (0, 0, 1, [])


def test_a_file_of_an_old_date_is_taken_in_and_a_call_said_to_be_old_is_told(nights: Nights) -> None:
    os.utime(nights.call("a.wav"), (978_307_200, 978_307_200))  # a copy that lost its date: 2001
    nights.call("old.wav")
    (nights.inbox / "old.json").write_text(json.dumps({"started_at": "2001-01-01T09:00:00+00:00"}))
    ran = nights.run()
    assert ran.returncode == 0, ran.stderr
    assert (nights.out / "a.html").is_file()
    assert not (nights.out / "old.html").exists()
    (digest,) = nights.digests()
    assert "One recording was not taken in: its call is older than what is kept." in ran.stdout
    text = digest.read_text(encoding="utf-8") if isinstance(digest, Path) else digest
    assert "| old.wav | Its call is older than what is kept, so it is not taken in. |" in text
    assert nights.run().stdout == "Nothing was new.\n"  # told once
    assert (nights.out / "a.html").is_file()


def test_a_recording_that_is_cut_is_named_with_how_far_it_was_heard(nights: Nights) -> None:
    path = nights.call("a.wav")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    ran = nights.run()
    assert ran.returncode == 3
    assert "a.wav: The recording is cut: its header promises 3.0 s and 1.5 s are there." in " ".join(ran.stderr.split())
    (digest,) = nights.digests()
    text = digest.read_text(encoding="utf-8") if isinstance(digest, Path) else digest
    assert "| a.wav | The recording is cut: its header promises 3.0 s and 1.5 s are there." in text
    assert nights.run().returncode == 0  # told once


def a_day_later(last: Path) -> None:
    """Let it be a day since forgetting was put off."""
    kept = json.loads(last.read_text())
    at = datetime.fromisoformat(kept["postponed"]["at"]) - timedelta(days=1)
    last.write_text(json.dumps(kept | {"postponed": {"at": at.isoformat(), "boot": "", "up": 0.0}}))


def test_a_clock_that_jumps_ahead_forgets_nothing_at_once(nights: Nights) -> None:
    nights.call("a.wav")
    nights.run()
    age(nights, 61)
    last = nights.out / ".night-last.json"
    last.write_text(json.dumps({"at": (datetime.now(UTC) - timedelta(days=400)).isoformat(), "postponed": None}))
    ran = nights.run("--quiet")
    assert ran.returncode == 5
    assert "Check the clock" in " ".join(ran.stderr.split())
    assert (nights.out / "a.html").is_file()
    assert nights.counts()["forgotten"] == 0  # as a watch looks once a minute
    a_day_later(last)
    assert nights.counts()["forgotten"] == 1  # where it was a long holiday, the next night does it


def test_digests_older_than_what_is_kept_go_and_the_newest_stays(nights: Nights) -> None:
    def told(days: float, name: str | None = None) -> Path:
        day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        path = nights.out / (name or f"night-{day}-023000.md")
        path.write_text(render_digest(Digest(day, reviewed=1), "shift.html"), encoding="utf-8")
        return path

    nights.out.mkdir()
    old, older, kept = told(70), told(300), told(50)
    mine = nights.out / "night-mine.md"
    mine.write_text("# Last night I thought\n")
    assert nights.run().stdout == "Nothing was new.\n"
    assert [path.is_file() for path in (old, older, kept, mine)] == [False, False, True, True]

    kept.unlink()
    old, older = told(70), told(300)
    nights.run()
    assert [path.is_file() for path in (old, older)] == [True, False]  # the newest, however old


def test_a_clock_that_jumps_ahead_removes_no_digest_at_once(nights: Nights) -> None:
    nights.run()
    for day in ("2020-01-01", "2020-01-02"):
        path = nights.out / f"night-{day}-023000.md"
        path.write_text(render_digest(Digest(day, reviewed=1), "shift.html"), encoding="utf-8")
    last = nights.out / ".night-last.json"
    last.write_text(json.dumps({"at": (datetime.now(UTC) - timedelta(days=400)).isoformat(), "postponed": None}))
    assert nights.run("--quiet").returncode == 5
    assert len(nights.digests()) == 2
    a_day_later(last)
    assert nights.run("--quiet").returncode == 0
    assert len(nights.digests()) == 1


# Mail.


def address(sink: Sink, **more: object) -> dict[str, object]:
    return {"to": ["ann@example.org"], "from": "coach@example.org", "host": "127.0.0.1", "port": sink.port} | more


def test_the_digest_is_mailed_as_counts_and_a_link_and_nothing_of_any_call(nights: Nights) -> None:
    nights.call("Ann-with-Mr-Miller-212-555-0188.wav")
    (nights.inbox / "Mrs-Jones.wav").write_bytes(b"RIFF....WAVEnothing")
    with mail_sink() as sink:
        nights.orders(address(sink, link="https://files.example.org/coaching/"))
        counts = nights.counts()
        assert counts["mailed"] == 1
        assert nights.run().returncode == 0  # nothing new: no mail
    (mail,) = sink.mails
    assert sink.recipients == [["ann@example.org"]]
    assert sink.greeted == ["[127.0.0.1]"]  # not this computer's name
    assert mail["Subject"] == "Last night's calls: 1 reviewed"
    assert (mail["From"], mail["To"]) == ("coach@example.org", "ann@example.org")
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in mail.iter_parts())
    for text in (plain, html):
        assert "One new call was reviewed." in text
        assert "One recording could not be reviewed." in text
        assert "https://files.example.org/coaching/shift.html" in text
    raw = sink.taken[0].lower()
    for word in (
        b"miller",
        b"jones",
        b"0188",
        b"ann-with",
        b"bill",
        b"technician",
        str(nights.folder).encode().lower(),
    ):
        assert word not in raw, word
    assert "http" not in (plain + html).replace("https://files.example.org/coaching/shift.html", "")
    assert list((nights.out / "unsent").iterdir()) == []


def test_a_server_that_is_away_gets_the_digest_the_next_night(nights: Nights) -> None:
    nights.call("a.wav")
    with mail_sink() as sink:
        pass  # it has gone again
    nights.orders(address(sink))
    ran = nights.run("--quiet")
    assert ran.returncode == 5
    assert "could not be mailed" in ran.stderr
    (kept,) = (nights.out / "unsent").iterdir()
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    assert nights.run("--quiet").returncode == 5  # nothing new, and still not sent
    with mail_sink() as sink:
        nights.orders(address(sink, to=["dana@example.org"]))
        ran = nights.run("--json")
    assert (ran.returncode, json.loads(ran.stdout)["mailed"]) == (0, 1)
    assert sink.recipients == [["dana@example.org"]]  # where it goes now, not where it went then
    assert sink.mails[0]["To"] == "dana@example.org"
    assert list((nights.out / "unsent").iterdir()) == []


def test_recipients_that_are_refused(nights: Nights) -> None:
    with mail_sink(refuses=frozenset({"bob@example.org"})) as sink:
        nights.call("a.wav")
        nights.orders(address(sink, to=["ann@example.org", "bob@example.org"]))
        ran = nights.run("--quiet")
        assert ran.returncode == 5
        assert "not for 1 of 2 addresses" in " ".join(ran.stderr.split())
        assert sink.recipients == [["ann@example.org"]]
        assert list((nights.out / "unsent").iterdir()) == []
        nights.call("b.wav")
        nights.orders(address(sink, to=["bob@example.org"]))
        ran = nights.run("--quiet")
    assert ran.returncode == 5
    assert "takes no mail for these addresses" in " ".join(ran.stderr.split())
    assert "bob@example.org" not in ran.stderr
    assert len(list((nights.out / "unsent").iterdir())) == 1


def test_a_mail_that_is_refused_keeps_no_other_back_and_no_answer_is_quoted(nights: Nights) -> None:
    with mail_sink(answers="554 I read: One new call was reviewed") as sink:
        nights.call("a.wav")
        nights.orders(address(sink))
        ran = nights.run("--quiet")
    assert ran.returncode == 5
    assert "it answered 554" in ran.stderr
    assert "I read" not in ran.stderr
    with mail_sink() as sink:
        nights.call("b.wav")
        nights.orders(address(sink))
        assert nights.counts()["mailed"] == 2
    assert len({mail["Message-ID"] for mail in sink.mails}) == 2


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    path = folder / "mail-password"
    path.write_text(password + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_to_a_server_that_is_who_it_says(
    nights: Nights, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.call("a.wav")
    wanted = {"user": USER, "password_file": str(password_file(nights.folder)), "security": security}
    with mail_sink(login=True, starttls=security == "starttls", tls=security == "tls") as sink:
        nights.orders(address(sink, **wanted))
        ran = nights.run("--quiet")
        assert ran.returncode == 5  # nobody vouches for it
        assert "its certificate is not one that this computer trusts" in " ".join(ran.stderr.split())
        assert sink.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert nights.counts()["mailed"] == 1
    assert sink.encrypted == [True]
    assert PASSWORD not in ran.stderr + ran.stdout
    assert PASSWORD.encode() not in sink.taken[0]


def test_a_wrong_password_and_one_that_anybody_may_read(nights: Nights) -> None:
    nights.call("a.wav")
    path = password_file(nights.folder, "wrong-8253")
    with mail_sink(login=True) as sink:
        nights.orders(address(sink, user=USER, password_file=str(path)))
        ran = nights.run("--quiet")
        assert "does not know the user or the password" in " ".join(ran.stderr.split())
        path.write_text(PASSWORD)
        path.chmod(0o644)
        ran = nights.run("--quiet")
        assert "Everybody on this computer may read" in " ".join(ran.stderr.split())
        path.unlink()
        ran = nights.run("--quiet")
        assert "cannot be read" in " ".join(ran.stderr.split())
        assert (ran.returncode, sink.taken) == (5, [])
        path.write_text(PASSWORD)
        path.chmod(0o640)
        assert nights.counts()["mailed"] == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"to": ["ann@example.org\\r\\nBcc: eve@example.org"]}, "is no address"),
        ({"to": ["ann@example.org, eve@example.org"]}, "is no address"),
        ({"to": ["Ann <ann@example.org>"]}, "is no address"),
        ({"to": ["änn@example.org"]}, "is no address"),
        ({"to": []}, "needs to, from and host"),
        ({"from": "coach"}, "is no address"),
        ({"from": "coach@example.org\\nSubject: x"}, "on one line"),
        ({"link": "https://x\\r\\nBcc: eve@example.org"}, "on one line"),
        ({"user": "night"}, "go together"),
        ({"host": "mail.example.org", "security": "none", "user": "n", "password_file": "p"}, "for anybody to read"),
        ({"security": "ssl"}, 'security is "starttls", "tls" or "none"'),
        ({"bcc": "eve@example.org"}, "nothing reads"),
        ({"port": 70_000}, "whole number"),
    ],
)
def test_orders_for_mail_that_cannot_be(nights: Nights, change: dict[str, object], says: str) -> None:
    nights.call("a.wav")
    table = {"to": ["ann@example.org"], "from": "coach@example.org", "host": "127.0.0.1"} | change
    text = nights.recipe.read_text() + "[night.mail]\n"
    for name, value in table.items():
        given = ", ".join(f'"{one}"' for one in value) if isinstance(value, list) else value
        text += (
            f"{name} = [{given}]\n"
            if isinstance(value, list)
            else f'{name} = "{given}"\n'
            if isinstance(given, str)
            else f"{name} = {given}\n"
        )
    nights.recipe.write_text(text, encoding="utf-8")
    ran = nights.run()
    assert ran.returncode == 5
    assert says in " ".join(ran.stderr.split())
    assert nights.engine.began == []
    assert not nights.out.exists()


# Killed between doing and telling: tests/contract/test_shift_kill.py has every point; here, what the mail says then.


@pytest.mark.parametrize("name", ["publish", "render_digest", "queue", "send_waiting"])
def test_a_night_that_ends_before_it_has_told_is_told_by_the_next_and_once(
    nights: Nights, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerFails(BaseException):
        pass

    def fails(*_: object, **__: object) -> None:
        raise PowerFails

    nights.call("a.wav")
    (nights.inbox / "b.wav").write_bytes(b"RIFF....WAVEnothing")
    with mail_sink() as sink:
        nights.orders(address(sink))
        with monkeypatch.context() as patch:
            patch.setattr(nightly, name, fails)
            with pytest.raises(PowerFails):
                nights.run()
        nights.call("c.wav")
        ran = nights.run()
        assert nights.engine.began == ["c.wav"]
        assert nights.run().stdout == "Nothing was new.\n"
    told_before = name == "send_waiting"
    assert ran.returncode == (0 if told_before else 3)
    assert len(sink.mails) == len(nights.digests()) == (2 if told_before else 1)
    said = "".join(part.get_content() for mail in sink.mails for part in mail.iter_parts())
    if told_before:
        assert said.count("One new call was reviewed.") == 4  # two mails of two parts
    else:
        assert said.count("2 new calls were reviewed.") == 2
    assert said.count("One recording could not be reviewed.") == 2
    assert len({mail["Message-ID"] for mail in sink.mails}) == len(sink.mails)


def test_the_recipe_that_comes_with_the_product_is_a_night_and_so_is_a_copy_with_its_mail(tmp_path: Path) -> None:
    assert load_night("nightly").mail is None
    text = resource("pipelines", "nightly.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(re.sub(r"(?m)^# (?=\[|\w+ = )", "", text), encoding="utf-8")
    night = load_night(str(path))
    assert night.inbox == (str(tmp_path / "inbox"),)
    assert (night.out, night.manifest) == (tmp_path / "coaching", tmp_path / "calls.csv")
    assert night.store == "postgresql+psycopg://coach@db/coach"
    assert night.mail is not None
    assert (night.mail.security, night.mail.port) == ("starttls", 587)

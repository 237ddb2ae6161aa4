"""The digest by mail: what is in it, what is never in it, and what comes of every way in which a server may fail."""

from __future__ import annotations

import contextlib
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail.sink import CERTIFICATE, PASSWORD, USER, mail_sink

from coach.app.nightly import mailing
from coach.app.nightly.mailing import UNSENT, compose, queue, send_waiting
from coach.app.nightly.orders import Mail, Security
from coach.conversation import ConfigurationError
from coach.reporting.digest import Digest

AT = datetime(2026, 3, 2, 2, 30, tzinfo=timezone(timedelta(hours=-6)))
TOKEN = "ab" * 12
LINK = "https://files.example.org/coaching"
MAIL = Mail(("ann@example.org", "bob@example.org"), "coach@night.example.org", "127.0.0.1", 25, "none", link=LINK)
DIGEST = Digest(
    "2026-03-02",
    reviewed=7,
    failed=1,
    seconds=65.0,
    sound=4000.0,
    reasons=(("Mrs-Jones-212-555-0188.wav", "Mrs-Jones-212-555-0188.wav: the customer's words, agent Dana."),),
)
HEADERS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=SMTP)


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return plain.get_content(), html.get_content()


# What is in it.


def test_it_is_one_mail_of_two_parts_that_say_the_same() -> None:
    mail = read(compose(DIGEST, MAIL, AT, TOKEN).as_bytes())
    plain, html = parts(mail)

    assert mail.get_content_type() == "multipart/alternative"
    assert set(mail.keys()) == HEADERS
    assert mail["Subject"] == "Last night's calls: 7 reviewed"
    assert (mail["From"], mail["To"]) == ("coach@night.example.org", "ann@example.org, bob@example.org")
    assert mail["Date"] == "Mon, 02 Mar 2026 02:30:00 -0600"
    assert mail["Message-ID"] == f"<{TOKEN}@night.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"  # no answering machine answers it
    for sentence in (
        "7 new calls were reviewed.",
        "One recording could not be reviewed.",
        "The reasons stand in the digest beside the page.",
        f"The shift's page: {LINK}/shift.html",
    ):
        assert sentence in " ".join(plain.split())
        assert sentence in unescape(html.replace(f'<a href="{LINK}/shift.html">', "").replace("</a>", ""))


@pytest.mark.parametrize("tail", ["ä", "ä" * 600, "a" * 3000])
def test_it_goes_through_servers_of_seven_bits_and_short_lines(tail: str) -> None:
    raw = compose(DIGEST, replace(MAIL, link=f"https://files.example.org/{tail}"), AT, TOKEN).as_bytes()

    assert max(raw) < 128
    assert all(len(line) <= 78 for line in raw.replace(b"\r\n", b"\n").split(b"\n"))
    assert f"/{tail}/shift.html" in parts(read(raw))[0]


def test_it_holds_nothing_of_any_call_and_loads_nothing() -> None:
    plain, html = parts(read(compose(DIGEST, MAIL, AT, TOKEN).as_bytes()))

    for text in (plain, html):
        for word in ("Jones", "0188", ".wav", "customer", "Dana", "<script", "<img", "src=", "@import", "url("):
            assert word not in text, word
        assert text.count("http") == (1 if text is plain else 2)  # the link's address, and in HTML its name


def test_without_a_link_it_names_no_address() -> None:
    for text in parts(read(compose(DIGEST, replace(MAIL, link=None), AT, TOKEN).as_bytes())):
        assert "://" not in text
        assert "shift.html" not in text


@pytest.mark.parametrize("link", [LINK, f"{LINK}/", f"{LINK}//"])
def test_the_link_is_the_folder_with_the_page(link: str) -> None:
    assert f"{LINK}/shift.html" in parts(compose(DIGEST, replace(MAIL, link=link), AT, TOKEN))[0]


def test_a_long_link_is_in_one_piece_in_the_plain_part_too() -> None:
    link = f"https://files.example.org/{'/'.join(['a-rather-long-folder'] * 9)}"

    assert f"{link}/shift.html" in parts(read(compose(DIGEST, replace(MAIL, link=link), AT, TOKEN).as_bytes()))[0]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///srv/coaching", "//evil.example.org", "data:text/html,x"]
)
def test_only_an_address_of_the_web_can_be_clicked(link: str) -> None:
    _, html = parts(compose(DIGEST, replace(MAIL, link=link), AT, TOKEN))

    assert "<a " not in html


printable = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")), max_size=40)


@given(printable)
def test_whatever_the_link_is_it_ends_no_element_and_adds_no_header(tail: str) -> None:
    made = compose(DIGEST, replace(MAIL, link=f"https://x/{tail}"), AT, TOKEN)
    mail = read(made.as_bytes())
    _, html = parts(mail)

    assert set(mail.keys()) == HEADERS
    assert html.count("<a ") == html.count("</a>") == 1
    assert html.count("<") == html.count(">") == parts(compose(DIGEST, MAIL, AT, TOKEN))[1].count("<")


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=3),
    st.integers(0, 99),
    st.integers(0, 99),
)
def test_no_name_of_a_file_or_agent_reaches_a_header_or_the_text(
    reasons: list[tuple[str, str]], reviewed: int, failed: int
) -> None:
    names = tuple((f"zqx{name}\r\nBcc: eve@example.org", f"zqx{why}") for name, why in reasons)
    with_names = compose(Digest("2026-03-02", reviewed, failed, reasons=names), MAIL, AT, TOKEN).as_bytes()
    mail = read(with_names)

    assert set(mail.keys()) == HEADERS
    for text in (str(mail["Subject"]), *parts(mail)):
        assert "zqx" not in text
        assert "eve@" not in text
    other = tuple(("x", "y") for _ in names)
    without = compose(Digest("2026-03-02", reviewed, failed, reasons=other), MAIL, AT, TOKEN)
    assert parts(mail) == parts(read(without.as_bytes()))


# Kept until it is sent.


def kept(folder: Path, *names: str) -> list[Path]:
    return [queue(compose(DIGEST, MAIL, AT, f"{number:024x}"), folder, name) for number, name in enumerate(names)]


def test_what_waits_is_for_its_owner_alone_and_one_file_a_night(tmp_path: Path) -> None:
    (path,) = kept(tmp_path, "2026-03-02-023000")
    again = queue(compose(DIGEST, MAIL, AT, TOKEN), tmp_path, "2026-03-02-023000")

    assert again == path == tmp_path / UNSENT / "2026-03-02-023000.eml"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read(path.read_bytes())["Message-ID"] == f"<{TOKEN}@night.example.org>"


def test_where_nothing_waits_nobody_is_called(tmp_path: Path) -> None:
    assert send_waiting(tmp_path, replace(MAIL, port=1)) == (0, None)
    (tmp_path / UNSENT).mkdir()
    assert send_waiting(tmp_path, replace(MAIL, port=1)) == (0, None)


def test_what_waited_goes_first_and_to_whom_it_goes_now(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000", "2026-03-01-023000", "2026-03-03-023000")
    with mail_sink() as sink:
        assert send_waiting(tmp_path, replace(MAIL, port=sink.port, to=("dana@example.org",))) == (3, None)

    assert [mail["Message-ID"][:25] for mail in sink.mails] == [f"<{number:024x}" for number in (1, 0, 2)]
    assert sink.recipients == [["dana@example.org"]] * 3
    assert {mail["To"] for mail in sink.mails} == {"dana@example.org"}
    assert {mail["Date"] for mail in sink.mails} == {"Mon, 02 Mar 2026 02:30:00 -0600"}  # it is of that night
    assert set(sink.greeted) == {"[127.0.0.1]"}
    assert list((tmp_path / UNSENT).iterdir()) == []


# What a server may do.

DROP, HANG = "drop", "hang"
ANSWERS = {
    "greeting": "220 hello",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "taken": "250 ok",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class Server:
    """A mail server that answers by a script, and what it was told."""

    script: Mapping[str, str]
    port: int = 0
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                talking, _ = listening.accept()
            except OSError:
                return
            with talking, contextlib.suppress(OSError, StopIteration):
                talking.settimeout(10)
                self.talk(talking, talking.makefile("rb"))

    def talk(self, talking: socket.socket, lines: Iterator[bytes]) -> None:
        self.answer(talking, "greeting")
        while True:
            line = next(lines).decode(errors="replace")  # a greeting of TLS is no text
            self.heard.append(line.strip())
            verb = line.split()[0].upper() if line.split() else ""
            self.answer(talking, verb)
            if verb == "DATA" and self.script.get("DATA", ANSWERS["DATA"]).startswith("354"):
                body = b""
                while (more := next(lines)) != b".\r\n":
                    body += more
                self.mails.append(body)
                self.answer(talking, "taken")

    def answer(self, talking: socket.socket, step: str) -> None:
        said = self.script.get(step, ANSWERS.get(step, "502 what"))
        if said == HANG:
            self.ends.wait(20)
        if said in (DROP, HANG):
            talking.shutdown(socket.SHUT_RDWR)
            raise StopIteration
        talking.sendall(f"{said}\r\n".encode())


@contextlib.contextmanager
def server(**script: str) -> Iterator[Server]:
    """Run a server that answers each step as it is told, else as one that takes everything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Server(script, listening.getsockname()[1])
        thread = threading.Thread(target=made.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.ends.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(10)


def sent(folder: Path, to: Server, **more: object) -> tuple[int, str]:
    count, trouble = send_waiting(folder, replace(MAIL, port=to.port, **more))  # type: ignore[arg-type]
    return count, trouble or ""


STEPS = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "taken"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("does", "says"), [(DROP, "it ended the connection."), (HANG, "it did not answer in time.")])
def test_a_server_that_goes_in_the_middle_gets_the_same_mail_another_time(
    step: str, does: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", 0.2)
    (path,) = kept(tmp_path, "2026-03-02-023000")
    with server(**{step: does}) as failing:
        count, trouble = sent(tmp_path, failing)

    assert count == 0
    assert trouble.startswith(f"The digest could not be mailed by 127.0.0.1:{failing.port}: {says} ")
    assert f"It is kept in {tmp_path / UNSENT}, and the next night sends it. Check [night.mail]." in trouble
    assert path.is_file()
    with server() as mended:
        assert sent(tmp_path, mended) == (1, "")
    mails = [read(raw) for raw in (*failing.mails, *mended.mails)]
    assert len(mails) == (2 if step == "taken" else 1)  # taken, and nobody knows: once more, and still one mail
    assert {mail["Message-ID"] for mail in mails} == {f"<{0:024x}@night.example.org>"}
    assert not path.exists()


@pytest.mark.parametrize("step", ["greeting", "MAIL", "DATA", "taken"])
def test_a_server_that_refuses_is_told_by_its_number_and_never_quoted(step: str, tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with server(**{step: "554 7 new calls were reviewed, says Mrs Jones"}) as refusing:
        count, trouble = sent(tmp_path, refusing)

    assert count == 0
    assert "it answered 554." in trouble
    assert "Jones" not in trouble


def test_recipients_that_are_refused_are_counted_and_not_named(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with server(RCPT="550 no such user as ann@example.org") as refusing:
        assert sent(tmp_path, refusing) == (
            0,
            f"The digest could not be mailed by 127.0.0.1:{refusing.port}: it takes no mail for these addresses. "
            f"It is kept in {tmp_path / UNSENT}, and the next night sends it. Check [night.mail].",
        )
    with mail_sink(refuses=frozenset({"bob@example.org"})) as sink:
        count, trouble = send_waiting(tmp_path, replace(MAIL, port=sink.port))
    assert count == 1
    assert "it took the mail, but not for 1 of 2 addresses." in str(trouble)
    assert "is kept" not in str(trouble)
    assert "bob" not in str(trouble)


@pytest.mark.parametrize("leave", ["250 not yet", "500 what", DROP, HANG])
def test_how_a_server_takes_its_leave_is_no_trouble(
    leave: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", 0.2)
    kept(tmp_path, "2026-03-01-023000", "2026-03-02-023000")
    with server(QUIT=leave) as odd:
        assert sent(tmp_path, odd) == (2, "")
    assert len(odd.mails) == 2
    assert list((tmp_path / UNSENT).iterdir()) == []


def test_a_mail_that_cannot_be_read_keeps_no_other_back(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    (tmp_path / UNSENT / "2026-03-01-023000.eml").mkdir()
    with server() as taking:
        count, trouble = sent(tmp_path, taking)

    assert (count, len(taking.mails)) == (1, 1)
    assert "2026-03-01-023000.eml cannot be read: Is a directory. It is kept in" in trouble


def test_nobody_there_is_told_and_the_mail_is_kept(tmp_path: Path) -> None:
    (path,) = kept(tmp_path, "2026-03-02-023000")
    with server() as gone:
        pass
    count, trouble = sent(tmp_path, gone)

    assert count == 0
    assert f"127.0.0.1:{gone.port}: Connection refused. It is kept in" in trouble
    assert path.is_file()


def test_killed_after_it_was_sent_and_before_that_was_noted_it_is_one_mail_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerFails(BaseException):
        pass

    def fails(*_: object, **__: object) -> None:
        raise PowerFails

    kept(tmp_path, "2026-03-02-023000")
    with server() as taking:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", fails)
            with pytest.raises(PowerFails):
                sent(tmp_path, taking)
        assert sent(tmp_path, taking) == (1, "")

    assert len(taking.mails) == 2
    assert len({read(raw)["Message-ID"] for raw in taking.mails}) == 1


# Encrypted, and to whom the password goes.


def secret(folder: Path, content: bytes = f"{PASSWORD}\n".encode(), mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_server_that_offers_no_encryption_gets_neither_mail_nor_password(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with server() as plain:
        count, trouble = sent(tmp_path, plain, security="starttls", user=USER, password_file=secret(tmp_path))

    assert count == 0
    assert "it does not offer what security, or user and password_file, ask of it." in trouble
    assert {line.split()[0].upper() for line in plain.heard} <= {"EHLO", "QUIT"}
    assert plain.mails == []


def test_a_server_that_ends_encryption_before_it_begins_gets_nothing(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with server(EHLO="250-hello\r\n250 STARTTLS", STARTTLS="454 not today") as plain:
        assert "it answered 454." in sent(tmp_path, plain, security="starttls")[1]
    with server(greeting="220 this is no TLS") as plain:
        assert "the connection could not be encrypted." in sent(tmp_path, plain, security="tls")[1]
    assert plain.mails == []


def test_a_server_that_knows_no_passwords_is_told_as_such(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with server() as plain:
        _, trouble = sent(tmp_path, plain, user=USER, password_file=secret(tmp_path))

    assert "it does not offer what security, or user and password_file, ask of it." in trouble
    assert PASSWORD not in trouble + " ".join(plain.heard)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_each_kind_of_connection(security: Security, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, "2026-03-02-023000")
    mail = replace(MAIL, security=security, user=USER, password_file=secret(tmp_path))
    with mail_sink(login=True, starttls=security == "starttls", tls=security == "tls") as sink:
        mail = replace(mail, port=sink.port)
        if security != "none":
            count, trouble = send_waiting(tmp_path, mail)
            assert (count, sink.taken) == (0, [])
            assert "its certificate is not one that this computer trusts." in str(trouble)
            monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert send_waiting(tmp_path, mail) == (1, None)

    assert sink.encrypted == [security != "none"]
    assert PASSWORD.encode() not in sink.taken[0]


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"x", 0o604, "Everybody on this computer may read the mail's password in {path}. Run chmod o= on it"),
        (b"\xff\xfe", 0o600, "The mail's password cannot be read from {path}: it is not text."),
        (None, 0o600, "The mail's password cannot be read from {path}: No such file or directory."),
    ],
)
def test_a_password_that_cannot_be_used_is_told_and_shown_to_nobody(
    content: bytes | None, mode: int, says: str, tmp_path: Path
) -> None:
    kept(tmp_path, "2026-03-02-023000")
    path = secret(tmp_path, content or b"", mode)
    if content is None:
        path.unlink()
    with mail_sink(login=True) as sink, pytest.raises(ConfigurationError) as refused:
        send_waiting(tmp_path, replace(MAIL, port=sink.port, user=USER, password_file=path))

    assert says.format(path=path) in str(refused.value)
    assert refused.value.exit_code == 5
    assert sink.taken == []


def test_a_password_that_is_not_known_is_told_without_it(tmp_path: Path) -> None:
    kept(tmp_path, "2026-03-02-023000")
    with mail_sink(login=True) as sink:
        wrong = replace(MAIL, port=sink.port, user=USER, password_file=secret(tmp_path, b"wrong-8253"))
        count, trouble = send_waiting(tmp_path, wrong)

    assert count == 0
    assert "it does not know the user or the password." in str(trouble)
    assert "8253" not in str(trouble)

"""The digest by mail: made, kept until it is sent, sent. Counts and links; nothing of any call."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Final

from coach.app.nightly.orders import Mail
from coach.conversation import ConfigurationError
from coach.files import write_atomically
from coach.reporting.digest import Digest, mail_html, mail_text, subject

UNSENT: Final = "unsent"
"""Folder of mails that the server did not take; the next night sends them first."""

PATIENCE: Final = 30.0
"""Seconds that a mail server may take for one answer."""

_LONGEST_PASSWORD = 4096


def compose(digest: Digest, mail: Mail, at: datetime) -> EmailMessage:
    """Return the digest as a mail of two parts, plain and HTML.

    Args:
        digest: What is told.
        mail: Where it goes.
        at: When it is written, with its zone.
    """
    link = f"{mail.link.rstrip('/')}/shift.html" if mail.link is not None else None
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(digest)
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=mail.sender.rsplit("@", 1)[1])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail_text(digest, link))
    message.add_alternative(mail_html(digest, link), subtype="html")
    return message


def queue(message: EmailMessage, folder: Path, name: str) -> Path:
    """Keep a mail until it is sent, and return where.

    Raises:
        StorageError: It cannot be written.
    """
    unsent = folder / UNSENT
    unsent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = unsent / f"{name}.eml"
    write_atomically(path, message.as_bytes())
    return path


def send_waiting(folder: Path, mail: Mail) -> int:
    """Send every mail that waits, the oldest first, and return how many there were.

    Raises:
        ConfigurationError: The server cannot be reached, or does not take them; they stay where they are.
    """
    waiting = sorted((folder / UNSENT).glob("*.eml"))
    if not waiting:
        return 0
    try:
        with _server(mail) as server:
            for path in waiting:
                server.send_message(message_from_bytes(path.read_bytes(), policy=SMTP))
                path.unlink()
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The digest could not be mailed by {mail.host}:{mail.port}: {_reason(error)} It is kept in "
            f"{folder / UNSENT}, and the next night sends it. Check [night.mail]."
        ) from error
    return len(waiting)


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    """Yield the mail server, encrypted and logged in as the recipe has it."""
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user is not None:
            server.login(mail.user, _password(mail))
        yield server


def _password(mail: Mail) -> str:
    """Return the password of the file; it is never shown.

    Raises:
        ConfigurationError: There is none.
    """
    if mail.password_file is None:
        raise ConfigurationError(
            "[night.mail] names a user and no password_file. Name the file, or leave out the user."
        )
    try:
        with mail.password_file.open(encoding="utf-8") as file:
            return file.read(_LONGEST_PASSWORD).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"The mail's password cannot be read from {mail.password_file}: {reason}.") from error


def _reason(error: Exception) -> str:
    """Return why, without what a server may quote of the mail."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it does not know the user or the password."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it takes no mail for these addresses."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}."
    if isinstance(error, ssl.SSLError):
        return "the connection could not be encrypted."
    if isinstance(error, TimeoutError):
        return "it did not answer in time."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return f"{type(error).__name__}."

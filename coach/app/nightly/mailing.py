"""The digest by mail: made, kept until it is sent, sent. Counts and links; nothing of any call."""

from __future__ import annotations

import os
import smtplib
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from coach.app.nightly.orders import Mail
from coach.conversation import ConfigurationError
from coach.files import sync_folder, write_atomically
from coach.reporting.digest import Digest, mail_html, mail_text, subject

UNSENT: Final = "unsent"
"""Folder of mails that the server did not take; the next night sends them first."""

PATIENCE: Final = 30.0
"""Seconds that a mail server may take for one answer."""

SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
"""Mails in letters that every server on the way takes, whatever it says of eight bits."""

NAMELESS: Final = "[127.0.0.1]"
"""What this computer calls itself there: its own name is asked for nowhere and told to nobody."""

_LONGEST_PASSWORD = 4096


def compose(digest: Digest, mail: Mail, at: datetime, token: str) -> EmailMessage:
    """Return the digest as a mail of two parts, plain and HTML.

    Args:
        digest: What is told.
        mail: Where it goes.
        at: When it is written, with its zone.
        token: What this digest alone is known by: sent twice, it is still one mail.
    """
    link = f"{mail.link.rstrip('/')}/shift.html" if mail.link is not None else None
    message = EmailMessage(policy=SEVEN_BIT)
    message["Subject"] = subject(digest)
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{token}@{mail.sender.rsplit('@', 1)[1]}>"
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


def send_waiting(folder: Path, mail: Mail) -> tuple[int, str | None]:
    """Send every mail that waits, the oldest first; one that is refused keeps no other back.

    Args:
        folder: Of the reports.
        mail: Where they go now, whatever a mail that has waited says.

    Returns:
        How many were sent, and what went wrong in a sentence; those that were not sent stay where they are.

    Raises:
        ConfigurationError: The password cannot be read.
    """
    waiting = sorted((folder / UNSENT).glob("*.eml"))
    if not waiting:
        return 0, None
    sent, over, troubles = 0, False, dict[str, None]()
    try:
        with _server(mail) as server:
            for path in waiting:
                try:
                    message = _addressed(path, mail)
                except OSError as error:
                    troubles[f"{path.name} cannot be read: {error.strerror}."] = None
                    continue
                try:
                    refused = server.send_message(message, mail.sender, list(mail.to))
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
                    troubles[_reason(error)] = None
                    continue
                path.unlink()
                sync_folder(path.parent)
                sent += 1
                if refused:
                    troubles[f"it took the mail, but not for {len(refused)} of {len(mail.to)} addresses."] = None
            over = True
    except (OSError, smtplib.SMTPException) as error:
        if not over:  # how a server takes its leave is no trouble of the mails that it took
            troubles[_reason(error)] = None
    if not troubles:
        return sent, None
    kept = f" It is kept in {folder / UNSENT}, and the next night sends it." if sent < len(waiting) else ""
    said = " ".join(troubles)
    return sent, f"The digest could not be mailed by {mail.host}:{mail.port}: {said}{kept} Check [night.mail]."


def _addressed(path: Path, mail: Mail) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=SMTP)
    for name, value in (("From", mail.sender), ("To", ", ".join(mail.to))):
        del message[name]
        message[name] = value
    return message


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    """Yield the mail server, encrypted and logged in as the recipe has it."""
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, NAMELESS, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, NAMELESS, timeout=PATIENCE)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user is not None and mail.password_file is not None:
            server.login(mail.user, _password(mail.password_file))
        yield server


def _password(path: Path) -> str:
    """Return the password of the file; it is never shown.

    Raises:
        ConfigurationError: There is none, or anybody may read it.
    """
    try:
        with path.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & stat.S_IROTH:
                raise ConfigurationError(
                    f"Everybody on this computer may read the mail's password in {path}. "
                    "Run chmod o= on it, and change the password."
                )
            return file.read(_LONGEST_PASSWORD).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"The mail's password cannot be read from {path}: {reason}.") from error


def _reason(error: Exception) -> str:
    """Return why, without what a server may quote of the mail."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it does not know the user or the password."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it takes no mail for these addresses."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}."
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not one that this computer trusts."
    if isinstance(error, ssl.SSLError):
        return "the connection could not be encrypted."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer what security, or user and password_file, ask of it."
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "it did not answer in time."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it ended the connection."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return f"{type(error).__name__}."

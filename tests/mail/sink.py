"""A mail server of the tests' own on this machine, which keeps what it is given."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).with_name("self-signed.pem")
USER, PASSWORD = "night", "not-to-be-shown-4711"


@dataclass
class Sink:
    """What was taken, and what is refused."""

    port: int = 0
    login: bool = False
    refuses: frozenset[str] = frozenset()
    answers: str = "250 OK"
    taken: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, read."""
        return [message_from_bytes(raw, EmailMessage, policy=POLICY) for raw in self.taken]

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's names)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Take or refuse an address."""
        if self.login and not session.authenticated:
            return "530 who are you"
        if address in self.refuses:
            return f"550 no such user {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or answer as was asked."""
        if self.answers.startswith("250"):
            self.taken.append(envelope.content if isinstance(envelope.content, bytes) else b"")
            self.recipients.append(list(envelope.rcpt_tos))
            self.greeted.append(str(session.host_name))
            transport = server.transport
            self.encrypted.append(transport is not None and transport.get_extra_info("ssl_object") is not None)
        return self.answers


@contextlib.contextmanager
def mail_sink(*, starttls: bool = False, tls: bool = False, login: bool = False, **more: Any) -> Iterator[Sink]:  # noqa: ANN401
    """Run a mail server on 127.0.0.1 while the block runs.

    Args:
        starttls: Whether it encrypts when asked.
        tls: Whether it does from the first byte.
        login: Whether it asks for the user and the password.
        more: Of the sink.
    """
    sink = Sink(port=_free_port(), login=login, **more)
    context = None
    if starttls or tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    options: dict[str, Any] = {"tls_context": context, "require_starttls": True} if starttls else {}
    if login:
        options |= {"authenticator": _known, "auth_require_tls": False}
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=sink.port,
        ssl_context=context if tls else None,
        server_hostname="sink",
        **options,
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def _known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

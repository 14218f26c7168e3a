"""Logging in by exactly one mechanism: trying them all in turn could lock the account out."""

from aiosmtplib.auth import auth_crammd5_verify, auth_login_encode, auth_plain_encode, auth_xoauth2_encode
from aiosmtplib.errors import SMTPAuthenticationError

from sla_engine.plugin import StageFailed
from sla_smtp.session import Session
from sla_smtp.text import printable

_PROCEED, _ACCEPTED = 334, 235


async def log_in(session: Session, mechanism: str, username: str, password: str) -> None:
    """Log in by this mechanism, which the server must offer; the password is sent to no server that does not.

    Raises:
        StageFailed: it is not offered, or the server refuses.
    """
    async with session.stages.stage("auth"):
        if mechanism not in session.mechanisms:
            offered = printable(" ".join(session.mechanisms).upper()) or "no way to log in"
            raise StageFailed(f"the server does not offer AUTH {mechanism.upper()}, but {offered}")
    await _MECHANISMS[mechanism](session, username, password)


async def _plain(session: Session, username: str, password: str) -> None:
    await session.ask("auth", "AUTH PLAIN", (_ACCEPTED,), secret=auth_plain_encode(username, password).decode())


async def _login(session: Session, username: str, password: str) -> None:
    name, word = auth_login_encode(username, password)
    await session.ask("auth", "AUTH LOGIN", (_PROCEED,), secret=name.decode())
    await session.ask("auth", "", (_ACCEPTED,), secret=word.decode())


async def _cram_md5(session: Session, username: str, password: str) -> None:
    challenge = await session.ask("auth", "AUTH CRAM-MD5", (_PROCEED,))
    try:
        answer = auth_crammd5_verify(username, password, challenge.lines[0])
    except SMTPAuthenticationError as error:
        raise StageFailed(f"the challenge is not in base64: {challenge}") from error
    await session.ask("auth", "", (_ACCEPTED,), secret=answer.decode())


async def _xoauth2(session: Session, username: str, token: str) -> None:
    line = auth_xoauth2_encode(username, token).decode()
    reply = await session.ask("auth", "AUTH XOAUTH2", (_ACCEPTED, _PROCEED), secret=line)
    if reply.code == _PROCEED:  # a challenge says why not; an empty answer brings the refusal itself
        await session.ask("auth", "", (_ACCEPTED,))


_MECHANISMS = {"plain": _plain, "login": _login, "cram-md5": _cram_md5, "xoauth2": _xoauth2}

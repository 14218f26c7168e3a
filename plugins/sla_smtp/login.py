"""Logging in by exactly one mechanism: trying them all in turn could lock the account out."""

from aiosmtplib.auth import auth_crammd5_verify, auth_login_encode, auth_plain_encode, auth_xoauth2_encode

from sla_engine.plugin import StageFailed
from sla_smtp.session import Session

_PROCEED, _ACCEPTED = 334, 235


async def log_in(session: Session, mechanism: str, username: str, password: str) -> None:
    """Log in by this mechanism, which the server must offer; the password is sent to no server that does not.

    Raises:
        StageFailed: it is not offered, or the server refuses.
    """
    async with session.stages.stage("auth"):
        if mechanism not in session.mechanisms:
            offered = " ".join(session.mechanisms).upper() or "no way to log in"
            raise StageFailed(f"the server does not offer AUTH {mechanism.upper()}, but {offered}")
    await _MECHANISMS[mechanism](session, username, password)


async def _plain(session: Session, username: str, password: str) -> None:
    await session.ask("auth", "AUTH", "PLAIN", auth_plain_encode(username, password).decode(), accept=(_ACCEPTED,))


async def _login(session: Session, username: str, password: str) -> None:
    name, word = auth_login_encode(username, password)
    await session.ask("auth", "AUTH", "LOGIN", name.decode(), accept=(_PROCEED,))
    await session.ask("auth", word.decode(), accept=(_ACCEPTED,))


async def _cram_md5(session: Session, username: str, password: str) -> None:
    challenge = await session.ask("auth", "AUTH", "CRAM-MD5", accept=(_PROCEED,))
    answer = auth_crammd5_verify(username, password, challenge.message)
    await session.ask("auth", answer.decode(), accept=(_ACCEPTED,))


async def _xoauth2(session: Session, username: str, token: str) -> None:
    line = auth_xoauth2_encode(username, token).decode()
    reply = await session.ask("auth", "AUTH", "XOAUTH2", line, accept=(_ACCEPTED, _PROCEED))
    if reply.code == _PROCEED:  # a challenge says why not; an empty answer brings the refusal itself
        await session.ask("auth", "", accept=(_ACCEPTED,))


_MECHANISMS = {"plain": _plain, "login": _login, "cram-md5": _cram_md5, "xoauth2": _xoauth2}

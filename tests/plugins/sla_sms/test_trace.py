"""The dialogue as ``sla probe`` shows it: complete, and without the password."""

from collections.abc import Awaitable, Callable

from sla_engine.testing.servers.sms_gateway import SmsHttpGateway, TwilioGateway, VonageGateway
from sla_engine.testing.servers.smsc import SmscServer

Traced = Callable[..., Awaitable[list[str]]]


async def test_every_pdu_of_a_session_is_told_and_no_password(traced: Traced, smsc: SmscServer) -> None:
    lines = await traced(smsc, "s3cret")

    assert [" ".join(line.split()[:2]) for line in lines] == [
        "> bind_transceiver",
        "< bind_transceiver_resp",
        "> enquire_link",
        "< enquire_link_resp",
        "> submit_sm",
        "< submit_sm_resp",
        "< deliver_sm",
        "* receipt",
        "> deliver_sm_resp",
        "> unbind",
        "< unbind_resp",
    ]
    assert lines[0].endswith("as 'probe', password ***")
    assert lines[4].endswith("'SLA probe' from ACME to +491234567890")
    assert "s3cret" not in "".join(lines)


async def test_every_request_over_http_is_told_and_no_secret(
    traced: Traced, twilio: TwilioGateway, vonage: VonageGateway
) -> None:
    for gateway in (twilio, vonage):
        lines = await traced(gateway, SmsHttpGateway.password)

        asked = [line[:6] for line in lines if line.startswith(("> GET", "> POST", "* answered"))]
        assert asked == ["> GET ", "* answ", "> POST", "* answ", "> GET ", "* answ"]
        assert not any(line.lower().startswith("> authorization: basic") for line in lines)
        assert SmsHttpGateway.password not in "".join(lines)

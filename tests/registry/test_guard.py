"""Which addresses a check may reach."""

import socket

import pytest

from sla_engine.plugin import AddressRefused
from sla_engine.registry.guard import NetworkGuard, Refusal, Refused

OPERATOR = NetworkGuard()
CUSTOMER = NetworkGuard(public_only=True)

METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.42.42",
    "168.63.129.16",
    "192.0.0.192",
    "100.100.100.200",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fe80::a9fe:a9fe",
    "fe80::a9fe:a9fe%eth0",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2001:0:a9fe:a9fe::1",
    "2001:0:102:304:0:ffff:5601:5601",
    "2001:db8::5efe:a9fe:a9fe",
]
PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]
PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
    "2a00:1450::5efe:101:101",
]


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("guard", [OPERATOR, CUSTOMER, NetworkGuard(allow=("0.0.0.0/0", "::/0"))])
def test_nobody_reaches_a_metadata_service(guard: NetworkGuard, address: str) -> None:
    with pytest.raises(Refused) as refused:
        guard.check(address)

    assert refused.value.refusal is Refusal.METADATA


@pytest.mark.parametrize("address", PRIVATE)
def test_an_operator_reaches_private_addresses_and_a_customer_does_not(address: str) -> None:
    OPERATOR.check(address)

    with pytest.raises(AddressRefused, match="not a public address"):
        CUSTOMER.check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_everybody_reaches_public_addresses(address: str) -> None:
    OPERATOR.check(address)
    CUSTOMER.check(address)


@pytest.mark.parametrize("spelling", ["0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518"])
def test_odd_spellings_resolve_to_an_address_that_is_refused(spelling: str) -> None:
    address = socket.getaddrinfo(spelling, 80, type=socket.SOCK_STREAM)[0][4][0]

    with pytest.raises(AddressRefused):
        OPERATOR.check(str(address), spelling)


def test_only_what_is_allowed_is_reached_when_anything_is_named() -> None:
    guard = NetworkGuard(allow=("*.maxony.com", "10.0.0.0/8", "2001:db8::7"))

    guard.check("93.184.216.34", "www.Maxony.com.")
    guard.check("10.9.8.7", "db.internal")
    guard.check("::ffff:10.9.8.7")
    guard.check("2001:db8::7")
    for address, host in [("93.184.216.34", "maxony.com.evil.example"), ("93.184.216.34", None), ("2001:db8::8", None)]:
        with pytest.raises(Refused) as refused:
            guard.check(address, host)
        assert refused.value.refusal is Refusal.NOT_ALLOWED


def test_what_is_denied_is_refused_even_where_allowed() -> None:
    guard = NetworkGuard(allow=("*.maxony.com",), deny=("10.0.0.0/8", "secret.*"))

    for address, host in [("10.0.0.1", "www.maxony.com"), ("93.184.216.34", "secret.maxony.com")]:
        with pytest.raises(AddressRefused, match=r"denied by engine\.targets"):
            guard.check(address, host)


def test_a_name_is_not_an_address() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        OPERATOR.check("localhost")

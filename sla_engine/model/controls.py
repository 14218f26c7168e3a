"""What is asked to tell a target that is down from a monitor that is cut off."""

from attrs import frozen


@frozen
class Endpoint:
    """Where something listens: a host name or a numeric address, and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@frozen
class Controls:
    """What always answers a monitor that is not cut off.

    Attributes:
        resolve: host names that resolve.
        connect: endpoints that accept a connection.
    """

    resolve: tuple[str, ...] = ()
    connect: tuple[Endpoint, ...] = ()

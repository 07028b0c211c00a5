"""The addresses a page can be reached at, as text and as a picture a phone can read."""

from __future__ import annotations

import ipaddress
import socket


def addresses(token: str, port: int, *, scheme: str = "http", network: bool) -> list[str]:
    """The page's addresses, the likeliest first: in the local network, or on this machine alone."""
    hosts = _own_hosts() if network else ["127.0.0.1"]
    return [f"{scheme}://{host}:{port}/{token}/" for host in hosts or ["127.0.0.1"]]


def quick_response(url: str) -> str:
    """`url` as a QR code of block characters."""
    import io

    import segno

    text = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(text, compact=True, border=2)
    return text.getvalue()


def _own_hosts() -> list[str]:
    """The IPv4 addresses of interfaces that are up; container bridges and the like come last."""
    import psutil

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        (name.startswith(("docker", "br-", "veth", "virbr", "tun")), one.address)
        for name, all_of_it in psutil.net_if_addrs().items()
        for one in all_of_it
        if name in up
        and one.family == socket.AF_INET
        and not ipaddress.ip_address(one.address).is_loopback
    ]
    return [address for _, address in sorted(found)]

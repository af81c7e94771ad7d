"""Which addresses may be opened.

Names are judged by what they resolve to, so the form of a host (decimal, octal, hexadecimal, a name
that leads into a private network) does not matter: the address that comes out does.
"""

import ipaddress

import httpx

from corpus.fetching.errors import RefusedAddressError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL = 2_000  # characters

# Listed here although `is_global` should know them: it calls some of them global on some Pythons, and
# Azure's metadata service has an address of the public kind.
_REFUSED_V4 = [
    ipaddress.IPv4Network(network)
    for network in ("0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")
]
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # the only IPv6 space from which global addresses are given out
_DOCUMENTATION_V6 = ipaddress.IPv6Network("3fff::/20")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_url(address: str | httpx.URL) -> httpx.URL:
    """The address as a URL of a page that may be asked for; its host is judged later, at the transport.

    Raises:
        RefusedAddressError: it is not an http(s) address with a host, or carries credentials.
    """
    shown = str(address)[:MAX_URL]
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddressError(f"{shown!r} is not an address ({error}).") from error
    if url.scheme not in ("http", "https"):
        raise RefusedAddressError(f"{shown} is refused: only http and https addresses are fetched.")
    if not url.host or len(str(url)) > MAX_URL:
        raise RefusedAddressError(f"{shown} is refused: it has no host, or more than {MAX_URL} characters.")
    if url.userinfo:
        raise RefusedAddressError(f"An address on {url.host} is refused: it carries a user name or password.")
    if url.port is not None and not 0 < url.port < 65_536:
        raise RefusedAddressError(f"{shown} is refused: there is no port {url.port}.")
    return url.copy_with(fragment=None)


def check_ip(address: str, host: str, *, allow_loopback: bool = False) -> None:
    """See to it that ``address``, to which ``host`` resolved, is a public one.

    Raises:
        RefusedAddressError: it is not.
    """
    ip = ipaddress.ip_address(address)
    if allow_loopback and ip.is_loopback:
        return
    if not _is_public(ip):
        raise RefusedAddressError(f"{host} is refused: it leads to {address}, which is not an address on the internet.")


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in network for network in _REFUSED_V4)
    embedded = _embedded(ip)
    if embedded:
        return all(_is_public(inner) for inner in embedded)
    return ip.is_global and ip in _GLOBAL_V6 and ip not in _DOCUMENTATION_V6


def _embedded(ip: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for: mapped, NAT64, 6to4 and Teredo."""
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip in _NAT64:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    if ip.sixtofour:
        return (ip.sixtofour,)
    return ip.teredo or ()

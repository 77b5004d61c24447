"""What the public suffix list says of a domain.

DMARC does without the list since RFC 9989. Receivers that follow RFC 7489 still find a domain's
organization with it (section 3.2 there). The list is the one that the library came with.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_public_suffix(domain: str) -> bool:
    """Return whether organizations register their domains below a domain, as below co.uk."""
    return _suffixes().publicsuffix(domain, accept_unknown=False) == domain


def listed_organization(domain: str) -> str:
    """Return the organizational domain by the list; the domain itself if it is a suffix.

    Args:
        domain: in ASCII and small letters.
    """
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> "PublicSuffixList":
    # Reading the list takes some 40 ms, so it is read when it is first asked for.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()

"""Questions to DNS: each asked once, all of them within one deadline, and nothing of it trusted."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as DnsResolver

_RECORDS = 1000


class DnsError(Exception):
    """Nothing was found out: not even that there is nothing.

    Attributes:
        kind: `no-dns`, `settings`, `servfail` or `timeout`.
        words: why, as the end of a sentence.
        hint: what to do now.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.words, self.hint = _UNANSWERED[kind]


_SEE = "See the name servers of this machine (/etc/resolv.conf) and its network."
_UNANSWERED = {
    "no-dns": ("there is no name server that this machine could ask", _SEE),
    "settings": (
        "this machine's DNS settings can't be used",
        "Correct /etc/resolv.conf: a name server is an address, a search label has 63 characters "
        "at most, and all of it is UTF-8.",
    ),
    "servfail": (
        "the name servers failed at it or refused to answer",
        "Try again; if it stays so, whoever runs the domain's name servers must see to them.",
    ),
    "timeout": ("no name server answered in time", _SEE),
}


@dataclass(frozen=True, slots=True)
class DnsRecords:
    """The records of a name, as text; of MX the hosts, the first choice first, "" for none at all.

    Attributes:
        exists: there is such a name, with records of whatever type.
    """

    records: tuple[str, ...] = ()
    exists: bool = True


class Resolver:
    """DNS as this machine sees it, for one diagnosis.

    Args:
        deadline: in seconds from now, for all questions together.
        resolver: None takes the machine's own name servers.
    """

    def __init__(self, deadline: float, resolver: "DnsResolver | None" = None) -> None:
        self._until = asyncio.get_running_loop().time() + deadline
        self._resolver, self._trouble = (resolver, "") if resolver else _resolver_of_this_machine()
        self._known: dict[tuple[str, str], DnsRecords] = {}

    async def ask(self, name: str, kind: str) -> DnsRecords:
        """The records of one type; none for what is no name at all.

        Args:
            name: as it goes over the wire, in ASCII.
            kind: A, AAAA, MX or TXT.

        Raises:
            Unanswered: that could not be found out.
        """
        key = (name.casefold(), kind)
        if key not in self._known:
            self._known[key] = await self._asked(*key)
        return self._known[key]

    async def _asked(self, name: str, kind: str) -> DnsRecords:
        from dns.exception import DNSException
        from dns.name import from_text
        from dns.resolver import NXDOMAIN, LifetimeTimeout, NoNameservers

        if self._resolver is None:
            raise DnsError(self._trouble)
        try:
            asked = from_text(name)
        except DNSException:
            return DnsRecords(exists=False)
        problem = "timeout"
        try:
            async with asyncio.timeout_at(self._until):
                left = max(0.0, self._until - asyncio.get_running_loop().time())
                answer = await self._resolver.resolve(
                    asked, kind, lifetime=left, raise_on_no_answer=False, search=False
                )
            return DnsRecords(_texts(answer.rrset or (), kind))
        except NXDOMAIN:
            return DnsRecords(exists=False)
        except (LifetimeTimeout, TimeoutError):
            problem = "timeout"
        except NoNameservers as error:
            problem = "servfail" if _somebody_answered(error) else "no-dns"
        except DNSException:
            problem = "servfail"
        raise DnsError(problem)


def _resolver_of_this_machine() -> "tuple[DnsResolver | None, str]":
    """Return the resolver, or None with the kind of `Unanswered` that says why there is none."""
    from dns.asyncresolver import Resolver
    from dns.exception import DNSException
    from dns.resolver import NoResolverConfiguration

    try:
        return Resolver(), ""
    except NoResolverConfiguration:
        return None, "no-dns"
    except (DNSException, ValueError, OSError):  # anybody may have written the file
        return None, "settings"


def _somebody_answered(error: Any) -> bool:
    errors = error.kwargs.get("errors") or ()
    return not all(isinstance(what, OSError) for _, _, _, what, _ in errors)


def _texts(records: Iterable[Any], kind: str) -> tuple[str, ...]:
    some = list(records)[:_RECORDS]
    if kind == "TXT":
        # RFC 7208, section 3.3: the strings of a record are joined as they are.
        return tuple(b"".join(each.strings).decode("latin-1") for each in some)
    if kind == "MX":
        some.sort(key=lambda each: (each.preference, each.exchange))
        return tuple(each.exchange.to_text(omit_final_dot=True).strip(".") for each in some)
    return tuple(each.address for each in some)

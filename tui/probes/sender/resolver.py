"""Questions to DNS: each asked once, all within one deadline, and no answer trusted."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.terminal.visible import visible

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as DnsResolver
    from dns.name import Name

_RECORDS = 1000


class DnsError(Exception):
    """DNS gave no answer, not even that there are no records.

    Attributes:
        kind: `no-dns`, `settings`, `servfail` or `timeout`.
        words: why, as the end of a sentence that is safe to show.
        hint: what to do now.
    """

    def __init__(self, kind: str, question: str = "") -> None:
        super().__init__(kind, question)
        self.kind = kind
        words, self.hint = _CAUSES[kind]
        self.words = f"{words} for {question}" if question else words


_CHECK_DNS = "Check this machine's name servers (/etc/resolv.conf) and its network."
_CAUSES = {
    "no-dns": ("this machine can't reach a name server", _CHECK_DNS),
    "settings": (
        "this machine's DNS settings can't be used",
        "Correct /etc/resolv.conf: a name server is an address, a search label has 63 characters "
        "at most, and all of it is UTF-8.",
    ),
    "servfail": (
        "the name servers failed or gave no valid answer",
        "Try again. If it keeps happening, ask whoever runs the domain's name servers.",
    ),
    "timeout": ("no name server answered in time", _CHECK_DNS),
}
_ABOUT_THE_QUESTION = ("servfail", "timeout")


@dataclass(frozen=True, slots=True)
class DnsRecords:
    """The records of a name, as text; for MX the hosts, the most preferred first, "" for a null MX.

    A byte outside ASCII is the character of that number.

    Attributes:
        exists: the name has records of whatever type.
    """

    records: tuple[str, ...] = ()
    exists: bool = True


class Resolver:
    """DNS as this machine sees it, for one diagnosis.

    Args:
        deadline: in seconds from now, for all questions together.
        resolver: None takes the name servers of this machine.
    """

    def __init__(self, deadline: float, resolver: "DnsResolver | None" = None) -> None:
        self._until = asyncio.get_running_loop().time() + deadline
        self._resolver, self._error = (resolver, "") if resolver else _system_resolver()
        self._cache: dict[tuple[str, str], DnsRecords] = {}

    async def query(self, name: str, kind: str) -> DnsRecords:
        """Return the records of one type; none for a text that is not a domain name.

        Args:
            name: as it goes over the wire, in ASCII.
            kind: A, AAAA, MX, PTR or TXT.

        Raises:
            DnsError: there was no answer.
        """
        key = (name.lower(), kind)
        if key not in self._cache:
            self._cache[key] = await self._query(*key)
        return self._cache[key]

    async def _query(self, name: str, kind: str) -> DnsRecords:
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, LifetimeTimeout, NoNameservers

        if self._resolver is None:
            raise DnsError(self._error)
        question = _wire_name(name)
        if question is None:
            return DnsRecords(exists=False)
        try:
            async with asyncio.timeout_at(self._until):
                left = max(0.0, self._until - asyncio.get_running_loop().time())
                answer = await self._resolver.resolve(
                    question, kind, lifetime=left, raise_on_no_answer=False, search=False
                )
            return DnsRecords(_texts(answer.rrset or (), kind))
        except NXDOMAIN:
            return DnsRecords(exists=False)
        except (LifetimeTimeout, TimeoutError):
            problem = "timeout"
        except NoNameservers as error:
            problem = "servfail" if _has_answer(error) else "no-dns"
        except (DNSException, ValueError):  # whatever a name server sent
            problem = "servfail"
        except OSError:
            problem = "no-dns"
        about = f"{kind} of {show(name)}" if problem in _ABOUT_THE_QUESTION else ""
        raise DnsError(problem, about)


def _wire_name(name: str) -> "Name | None":
    """Return a name as it goes over the wire, or None if it can't be one.

    Nothing in it is an escape: it may come from a record.
    """
    from dns.exception import DNSException
    from dns.name import Name

    try:
        labels = [label.encode("latin-1") for label in name.removesuffix(".").split(".")]
        return Name([*labels, b""])
    except (DNSException, UnicodeEncodeError):
        return None


def _system_resolver() -> "tuple[DnsResolver | None, str]":
    """Return this machine's resolver, or None with the kind of `DnsError` that says why."""
    from dns.asyncresolver import Resolver
    from dns.exception import DNSException
    from dns.resolver import NoResolverConfiguration

    try:
        return Resolver(), ""
    except NoResolverConfiguration:
        return None, "no-dns"
    except (DNSException, ValueError, OSError):  # resolv.conf may hold anything
        return None, "settings"


def _has_answer(error: Any) -> bool:
    errors = error.kwargs.get("errors") or ()
    return not all(isinstance(what, OSError) for _, _, _, what, _ in errors)


def _texts(records: Iterable[Any], kind: str) -> tuple[str, ...]:
    some = list(records)[:_RECORDS]
    if kind == "TXT":
        # RFC 7208, section 3.3: the strings of a record are joined as they are.
        return tuple(b"".join(each.strings).decode("latin-1") for each in some)
    if kind == "MX":
        some.sort(key=lambda each: (each.preference, each.exchange))
        return tuple(_name_text(each.exchange) for each in some)
    if kind == "PTR":
        return tuple(_name_text(each.target) for each in some)
    return tuple(each.address for each in some)


def _name_text(name: "Name") -> str:
    return b".".join(name.labels).decode("latin-1").strip(".")


def show(name: str) -> str:
    """Return a domain name, an address or a term of a record, safe to show."""
    return visible(name, 80)

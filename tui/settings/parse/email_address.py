"""Email addresses: whether a text is one, and whether several are. No network is asked."""

import re

from tui.settings.parse.error import ParseError, Suggestion

_NAMED = re.compile(r"[^<>]*<\s*(?P<address>[^<>\s]+)\s*>\s*")


def find_address_problem(text: str) -> str:
    """Why the text is no full email address, or "" where it is one."""
    # Imported late: it costs more than all the rules together.
    from email_validator import EmailNotValidError, validate_email

    # A name for special use is well-formed all the same; with another end it passes.
    checked = f"{text}.example" if is_special_use(text) else text
    try:
        validate_email(
            checked, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True
        )
    except EmailNotValidError as error:
        return str(error)
    return ""


def is_special_use(address: str) -> bool:
    """Whether the domain is one that only some network or machine knows, such as corp.local."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    domain = f".{address.rpartition('@')[2].casefold()}"
    return any(domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def local_part(address: str) -> str:
    """What stands before the @, or "" where there is no @."""
    return address.rpartition("@")[0]


def parse_user(text: str) -> str:
    """What signs in to a mail server: mostly an address, sometimes a word like `apikey`.

    Raises:
        Malformed: there are blanks around it, a name beside it, or several of them.
    """
    if text != text.strip():
        raise ParseError(
            "address.blanks", "There are blanks around it.", Suggestion("remove them", text.strip())
        )
    if match := _NAMED.fullmatch(text):
        raise ParseError(
            "address.named",
            "Give the address alone; the name has a property of its own.",
            Suggestion(f"use {match['address']}", match["address"]),
        )
    if re.search(r"[,;]", text) and text.count("@") > 1:
        raise ParseError("address.several", "Only one address can stand here.")
    return text


def parse_addresses(text: str) -> tuple[str, ...]:
    """Addresses that stand between commas.

    Raises:
        Malformed: one of them is no full address, or something else separates them.
    """
    if ";" in text:
        tidy = ", ".join(part.strip() for part in re.split("[;,]", text) if part.strip())
        salvage = Suggestion("put commas", tidy) if tidy else None
        raise ParseError(
            "addresses.separator", "Commas separate the addresses, not semicolons.", salvage
        )
    parts = tuple(part.strip() for part in text.split(","))
    if "" in parts:
        tidy = ", ".join(part for part in parts if part)
        salvage = Suggestion("leave it out", tidy) if tidy else None
        raise ParseError("addresses.empty", "There is a comma with no address beside it.", salvage)
    for position, part in enumerate(parts, start=1):
        if problem := find_address_problem(part):
            which = f"Address {position} of {len(parts)}: " if len(parts) > 1 else ""
            raise ParseError("addresses.syntax", f"{which}{problem}")
    return parts

"""Email addresses, checked without a network."""

import re

from tui.settings.parse.error import ParseError, Suggestion

_NAMED = re.compile(r"[^<>]*<\s*(?P<address>[^<>\s]+)\s*>\s*")


def find_address_problem(text: str) -> str:
    """Return why a text isn't a full email address, or "" if it is one."""
    # Imported late: it costs more than all the rules together.
    from email_validator import EmailNotValidError, validate_email

    # The validator refuses special-use domains, however well-formed: give them another end.
    checked = f"{text}.example" if is_special_use(text) else text
    try:
        validate_email(
            checked, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True
        )
    except EmailNotValidError as error:
        return str(error)
    return ""


def is_special_use(address: str) -> bool:
    """Return whether the domain is known to some network or machine only, as corp.local is."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    domain = f".{address.rpartition('@')[2].casefold()}"
    return any(domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def local_part(address: str) -> str:
    """Return the part before the @, or "" without an @."""
    return address.rpartition("@")[0]


def parse_user(text: str) -> str:
    """Return the user name of a mail server: an address, or a word such as `apikey`.

    Raises:
        ParseError: there are blanks around it, a name beside it, or several addresses.
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
    """Return the addresses of a list separated by commas.

    Raises:
        ParseError: one of them isn't a full address, or something else separates them.
    """
    if ";" in text:
        tidy = ", ".join(part.strip() for part in re.split("[;,]", text) if part.strip())
        suggestion = Suggestion("put commas", tidy) if tidy else None
        raise ParseError(
            "addresses.separator", "Commas separate the addresses, not semicolons.", suggestion
        )
    parts = tuple(part.strip() for part in text.split(","))
    if "" in parts:
        tidy = ", ".join(part for part in parts if part)
        suggestion = Suggestion("leave it out", tidy) if tidy else None
        raise ParseError(
            "addresses.empty", "There is a comma with no address beside it.", suggestion
        )
    for position, part in enumerate(parts, start=1):
        if problem := find_address_problem(part):
            position_words = f"Address {position} of {len(parts)}: " if len(parts) > 1 else ""
            raise ParseError("addresses.syntax", f"{position_words}{problem}")
    return parts

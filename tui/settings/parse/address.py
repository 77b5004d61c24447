"""Email addresses.

An address is a Mailbox of RFC 5321, section 4.1.2: what a mail command holds. What only a header
may hold (RFC 5322: comments, folding, obsolete forms) is refused, as no server takes it there.
Rare forms of RFC 5321 are taken, with a warning: few platforms and providers accept them.
"""

import re

_MAX_LOCAL_PART = 64
"""Octets (RFC 5321, section 4.5.3.1.1)."""
_QUOTED = re.compile(r'"(?P<inner>(?:[^"\\]|\\[ -~])*)"@(?P<domain>[^"]*)')
_WIDE_DOTS = "\u3002\uff0e\uff61"


def find_address_problem(text: str) -> str:
    """Return why a text isn't a full email address, or "" if it is one."""
    if problem := _find_form_problem(text):
        return problem
    # Imported late: it costs more than all the rules together.
    from email_validator import EmailNotValidError, validate_email

    # The validator refuses special-use domains, however well-formed: give them another end.
    checked = f"{text}.example" if is_special_use(text) else text
    try:
        validate_email(
            checked,
            check_deliverability=False,
            globally_deliverable=False,
            allow_quoted_local=True,
            allow_domain_literal=True,
        )
    except EmailNotValidError as error:
        if text.endswith("]"):
            return "Put an IPv4 address, or IPv6: and an IPv6 address, between the brackets."
        return f"{str(error).removesuffix('.')}."
    return ""


def _find_form_problem(text: str) -> str:
    """Return what is wrong with an address as a whole, or ""."""
    quoted = _QUOTED.fullmatch(text)
    if text.startswith('"') and quoted is None:
        return "Put quotation marks around the whole part before the @, or use none."
    if quoted and not quoted["inner"]:
        return "The quotation marks are empty."
    rest = quoted["domain"] if quoted else text
    if re.search(r"[()]", rest):
        return "Remove the comment in parentheses: mail servers reject it."
    if re.search(r"\s", rest):
        return "Remove the blanks from the address."
    local_part, _, domain = text.rpartition("@")
    if any(dot in domain for dot in _WIDE_DOTS):
        return "The domain has a full-width dot: use a plain one."
    if len(local_part.encode(errors="replace")) > _MAX_LOCAL_PART:
        return f"The part before the @ is longer than the {_MAX_LOCAL_PART} bytes that SMTP allows."
    return ""


def is_special_use(address: str) -> bool:
    """Return whether the domain is known to some network or machine only, as corp.local is."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    domain = f".{address.rpartition('@')[2].casefold()}"
    return any(domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def find_rare_form(address: str) -> str:
    """Return why few mail platforms take an address, or "" if it is of the usual form."""
    local_part, _, domain = address.rpartition("@")
    if domain.startswith("["):
        return "An IP address in brackets is legal, but most mail platforms require a domain."
    if local_part.startswith('"'):
        return "Quotation marks in an address are legal, but few mail platforms accept them."
    if not local_part.isascii():
        return (
            "Letters outside ASCII before the @ need SMTPUTF8 (RFC 6531). Many mail servers "
            "don't offer it."
        )
    if re.fullmatch(r"[0-9]+", domain.rpartition(".")[2]):
        return "The domain ends in a number; no public domain does."
    return ""

"""What the public suffix list says, without a network."""

import pytest

from tui.probes.sender.organizational_domain import is_public_suffix, listed_organization


@pytest.mark.parametrize(
    ("domain", "organization", "is_suffix"),
    [
        ("mail.corp.com", "corp.com", False),
        ("corp.com", "corp.com", False),
        ("com", "com", True),
        ("a.b.corp.co.uk", "corp.co.uk", False),
        ("co.uk", "co.uk", True),
        ("x.city.kobe.jp", "city.kobe.jp", False),
        ("a.b.kobe.jp", "a.b.kobe.jp", False),
        ("b.kobe.jp", "b.kobe.jp", True),
        ("project.github.io", "project.github.io", False),
        ("x.xn--85x722f.com.cn", "xn--85x722f.com.cn", False),
        ("mail.corp.example", "corp.example", False),
        ("example", "example", False),
        ("corp", "corp", False),
    ],
)
def test_the_list_knows_organizations_and_suffixes(
    domain: str, organization: str, is_suffix: bool
) -> None:
    assert (listed_organization(domain), is_public_suffix(domain)) == (organization, is_suffix)

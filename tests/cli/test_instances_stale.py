"""What was changed since a plan was made, or is hidden, is never written over."""

import json
from pathlib import Path

from tests.cli.site import ACCOUNTS, OWN, PROPERTIES, Site, open_site


def test_a_kept_plan_does_not_overwrite_a_change_to_the_account_that_was_left(
    site: Site, tmp_path: Path
) -> None:
    left = {"type": "smtp", "active": "false", "server": "mail.corp.example"}
    site.sandbox.insert(ACCOUNTS, "admin", name=OWN, **left)
    path = tmp_path / "plan.json"
    assert site.call("plan", *site.own, "--out", str(path), password=site.mail_password).code == 2
    assert OWN in json.loads(path.read_text())["stamps"]
    site.change(ACCOUNTS, OWN, server="mx.bob.example")
    refused = site.call("apply", str(path), *site.settled, password=site.mail_password)
    assert refused.code == 5
    assert f"{OWN} was changed by bob" in refused.words
    assert "Nothing was written." in refused.words
    assert (site.writes, site.row(ACCOUNTS, OWN)["server"]) == ([], "mx.bob.example")


def test_a_hidden_row_that_every_instance_has_is_not_created(tmp_path: Path) -> None:
    with open_site(tmp_path, "properties") as site:
        name = "glide.email.server"
        site.sandbox.delete(PROPERTIES, site.row(PROPERTIES, name)["sys_id"])
        refused = site.call("apply", "--set", "server=mail.corp.example", *site.settled)
        assert refused.code == 1
        assert f"{name} was not returned. Every instance has it, so it is hidden" in refused.words
        assert (site.writes, site.rows(PROPERTIES, name)) == ([], [])

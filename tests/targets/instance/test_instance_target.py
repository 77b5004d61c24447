"""An instance as a target: where it is, and that nothing cheap tells whether it changed."""

from tui.credentials.secret import Secret
from tui.storage.instance import Instance
from tui.targets.instance.instance_target import InstanceTarget

TARGET = InstanceTarget(Instance("https://corp.service-now.com:8443"), Secret("s"), None)


def test_it_is_named_by_its_host_and_port() -> None:
    assert TARGET.where == "corp.service-now.com:8443"


def test_whether_it_changed_is_known_only_by_reading_it() -> None:
    assert TARGET.file_version() is None

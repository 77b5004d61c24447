"""An instance that is written to without a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.settings.delivery.status import Model
from tui.settings.plan import Plan
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, Value
from tui.storage.instance import Instance
from tui.storage.profile import Profile
from tui.storage.records import load_attestations
from tui.targets.target import Reading, SaveResult
from tui.workspace.session import Session

HOST = "dev12345.service-now.com"
NO_VALUES: Mapping[str, Value] = {}


@dataclass
class FakeInstance:
    """A target that only notes the plans it is to carry out.

    Attributes:
        problem: what a write ends in, if anything.
    """

    where: str = HOST
    problem: Problem | None = None
    plans: list[Plan] = field(default_factory=list)

    def file_version(self) -> object:
        return None

    async def read(self) -> Reading:
        raise AssertionError

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        if self.problem:
            raise self.problem
        self.plans.append(plan)
        return SaveResult(self.where)


def make_instance_session(
    target: FakeInstance,
    environment: Environment | None = Environment.NON_PRODUCTION,
    values: Mapping[str, Value] = NO_VALUES,
) -> Session:
    """Return the session of an instance without an active account; its profile is `default`."""
    profile = Profile(
        "default", Path("unused"), environment, instance=Instance(f"https://{HOST}", user="admin")
    )
    facts = TargetFacts(model=Model.NO_ACTIVE_ACCOUNT, environment=environment)
    reading = Reading(Snapshot(values), facts)
    return Session(profile, target, reading, load_attestations(profile.name))

"""Running a program one system call at a time, to kill or mislead it at any of them.

Linux on x86_64 and aarch64 only. Threads and children of the program are followed and killed
with it; where there are several, the order of their calls differs from run to run.
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

_TRACEME, _CONT, _SYSCALL = 0, 7, 24
_SETOPTIONS, _GETREGSET, _SETREGSET, _GET_SYSCALL_INFO = 0x4200, 0x4204, 0x4205, 0x420E
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x100000  # TRACESYSGOOD, -FORK, -VFORK, -CLONE, EXITKILL
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_ENTRY, _EXIT = 1, 2
_NT_PRSTATUS = 1
_WALL = 0x40000000

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.restype = ctypes.c_long
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

STOPPED = "SIGSTOP"
"""Begin when the program stops itself; what it does before that runs at full speed."""

RENAMES = frozenset({"rename", "renameat", "renameat2"})


@dataclass(frozen=True, slots=True)
class _Machine:
    registers: int
    result: int  # of a call, once it returns
    third: int  # argument of a call
    calls: Mapping[int, str]


_MACHINES = {
    "x86_64": _Machine(
        27,
        10,
        12,
        {1: "write", 73: "flock", 74: "fsync", 82: "rename", 264: "renameat", 316: "renameat2"},
    ),
    "aarch64": _Machine(
        34, 0, 2, {64: "write", 32: "flock", 82: "fsync", 38: "renameat", 276: "renameat2"}
    ),
}


@dataclass(slots=True)
class Run:
    """How a traced program went.

    Attributes:
        calls: the system call at each stop since the beginning, by name where one is known here,
            else by number; a call stops the program twice, as it enters and as it leaves.
        status: the exit status, or the negative number of the signal that ended it.
    """

    calls: list[str] = field(default_factory=list)
    status: int = 0

    @property
    def killed(self) -> bool:
        """Whether it was killed, rather than finished before its stop."""
        return self.status == -signal.SIGKILL


def run(
    argv: Sequence[str],
    *,
    begin: str,
    kill_at: int | None = None,
    environment: Mapping[str, str] | None = None,
    misreported: Mapping[str, int] | None = None,
    longest_write: int | None = None,
) -> Run:
    """Run a program under ptrace until it ends, or kill it at one stop.

    Args:
        argv: the program's path and its arguments.
        begin: what the counting of stops begins with: `STOPPED`, or the first call of this name.
        kill_at: the stop to kill it at, counted from 0; None lets it finish.
        environment: the program's; this one's if None.
        misreported: error numbers of calls that take effect and then report that they failed.
        longest_write: how many bytes one `write` takes at most.
    """
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        pytest.skip("tracing system calls is written for Linux on x86_64 and aarch64")
    leader = _start(argv, os.environ if environment is None else environment)
    machine = _MACHINES[platform.machine()]
    program = _Program(leader, machine, begin, kill_at, misreported or {}, longest_write)
    try:
        program.follow()
    finally:
        _end(leader)
    return program.run


@dataclass(slots=True)
class _Program:
    leader: int
    machine: _Machine
    begin: str
    kill_at: int | None
    misreported: Mapping[str, int]
    longest_write: int | None
    run: Run = field(default_factory=Run)
    begun: bool = False
    calls: dict[int, str] = field(default_factory=dict)  # that each of its threads is in

    def follow(self) -> None:
        """Resume it from stop to stop until it ends."""
        self._resume(self.leader, 0)
        while True:
            task, status = os.waitpid(-self.leader, _WALL)
            if os.WIFSTOPPED(status):
                self._resume(task, self._handle_stop(task, os.WSTOPSIG(status)))
            elif task == self.leader:
                self.run.status = os.waitstatus_to_exitcode(status)
                return

    def _handle_stop(self, task: int, cause: int) -> int:
        if cause == _SYSCALL_STOP:
            self._handle_call(task)
        elif cause == signal.SIGSTOP:
            self.begun = self.begun or self.begin == STOPPED
        elif cause != signal.SIGTRAP:
            return cause
        return 0

    def _resume(self, task: int, sent_signal: int) -> None:
        fast = self.begin == STOPPED and not self.begun
        with contextlib.suppress(ProcessLookupError):  # killed meanwhile
            _ptrace(_CONT if fast else _SYSCALL, task, 0, sent_signal)

    def _handle_call(self, task: int) -> None:
        entering, number = _syscall(task)
        if entering:
            self.calls[task] = self.machine.calls.get(number, str(number))
        call = self.calls.get(task, "unknown")
        self.begun = self.begun or call == self.begin
        if not self.begun:
            return
        self.run.calls.append(call)
        if len(self.run.calls) - 1 == self.kill_at:
            os.killpg(self.leader, signal.SIGKILL)
        elif not entering and call in self.misreported:
            self._set(task, self.machine.result, lambda _: -self.misreported[call])
        elif entering and call == "write" and self.longest_write is not None:
            most = self.longest_write
            self._set(task, self.machine.third, lambda length: min(length, most))

    def _set(self, task: int, register: int, change: Callable[[int], int]) -> None:
        values = (ctypes.c_int64 * self.machine.registers)()
        vector = (ctypes.c_size_t * 2)(ctypes.addressof(values), ctypes.sizeof(values))
        _ptrace(_GETREGSET, task, _NT_PRSTATUS, ctypes.addressof(vector))
        values[register] = change(values[register])
        _ptrace(_SETREGSET, task, _NT_PRSTATUS, ctypes.addressof(vector))


def _start(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSTOPPED(status), f"{argv[0]} cannot be traced here"
        _ptrace(_SETOPTIONS, child, 0, _OPTIONS)
        return child
    try:
        os.setpgid(0, 0)
        _ptrace(_TRACEME, 0, 0, 0)
        os.execve(argv[0], list(argv), dict(environment))  # noqa: S606
    finally:
        os._exit(127)


def _end(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-leader, _WALL)


def _syscall(task: int) -> tuple[bool, int]:
    info = ctypes.create_string_buffer(128)
    _ptrace(_GET_SYSCALL_INFO, task, len(info), ctypes.addressof(info))
    kind, number = struct.unpack_from("=B23xQ", info)
    assert kind in {_ENTRY, _EXIT}, "a stop that is neither the entry nor the exit of a call"
    return kind == _ENTRY, number


def _ptrace(request: int, task: int, address: int, data: int) -> None:
    if _LIBC.ptrace(request, task, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")

"""What a process gives up for good: other hosts, files, memory without end, and to be orphaned.

None of this wants privileges. Linux has all of it; elsewhere what is missing is left out, and
`Confinement` says so.
"""

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process as soon as its parent is gone."""
    with contextlib.suppress(OSError, AttributeError):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # it went before anybody was told to tell us
        os._exit(1)


def leave_network() -> bool:
    """Move to a network of its own, in which nobody listens; whether the kernel allows it.

    The process must have one thread. What it opens later is inherited by what it forks.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        unshare = _libc().unshare
        # root keeps its rights over files this way; who has none loses none by the second
        if unshare(_CLONE_NEWNET) == 0:
            return True
        if unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
            return False
    except (OSError, AttributeError):
        return False
    with contextlib.suppress(OSError):
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1\n", "ascii")
        Path("/proc/self/setgroups").write_text("deny\n", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1\n", "ascii")
    return True


def renounce_privileges() -> None:
    """Let no program that it might start have more rights than it has."""
    with contextlib.suppress(OSError, AttributeError):
        _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _writable() -> int | None:
    """The bytes of private memory that may be written, as RLIMIT_DATA counts them."""
    try:
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


def resident() -> int:
    """The bytes of memory that this process has now: what it forks begins with as many."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def limit_memory(allowed: int) -> None:
    """No more memory than it has, and so many bytes besides."""
    used = _writable()
    if used is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (used + allowed, used + allowed))


def open_descriptors() -> set[int]:
    """The descriptors that are open now."""
    listing = Path("/proc/self/fd")
    numbers = {int(one.name) for one in listing.iterdir()} if listing.is_dir() else set(range(256))
    found = set()
    for number in numbers:
        # one of those listed was the listing's own
        with contextlib.suppress(OSError):
            os.fstat(number)
            found.add(number)
    return found


def limit_descriptors() -> None:
    """Let nothing more be opened: no file, no socket, no pipe. Gaps in the numbers are filled."""
    highest = max(open_descriptors())
    null = os.open(os.devnull, os.O_RDWR)
    while null < highest:
        null = os.dup(null)
    if null > highest:
        os.close(null)
    for kind, bound in (
        (resource.RLIMIT_NOFILE, highest + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))

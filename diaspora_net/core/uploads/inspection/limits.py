"""What the inspecting process may use: little, and nothing of the network where the system lets us take it away."""

import ctypes
import resource

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
LARGEST_FILE = 40 * 1024 * 1024
OPEN_FILES = 64
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def give_up_rights() -> None:
    """Limit this process for good. Where the kernel does not let a user close the network, the rest still holds."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None:
        unshare(_NEW_USER | _NEW_NETWORK)

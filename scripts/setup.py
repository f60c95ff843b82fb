"""
Create .venv, install the packages, compile translations: `python3 scripts/setup.py [--dev]`.

Runs on the standard library alone, under whatever Python the machine offers, so it must be readable
for older ones too. A second run with nothing to do only compares a few small files.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

LEAST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
VENV_PIP = VENV / "bin" / "pip"  # missing in a .venv that uv made
STAMP = VENV / ".installed"
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

OLD_PYTHON = (
    "The portal needs Python {least} or newer; {executable} is {found}. "
    "Install a newer one, or name it: make PYTHON=/path/to/python3 <target>"
)
NO_VENV_MODULE = (
    "Python {version} has no working venv module here, so .venv cannot be created. On Debian and "
    "Ubuntu: apt install python{version}-venv. Or install uv, which can do without that module."
)
PACKAGES_FAILED = (
    "The packages of {name} could not be installed; the installer's own message is above. "
    "Most often the package index cannot be reached: check the network or the proxy settings, "
    "then run the same command again."
)
COMPILE = (VENV_PYTHON, "-m", "scripts.messages", "--compile")


def main() -> int:
    """Bring .venv up to date; return 0, or 1 after one clear sentence."""
    if sys.version_info < LEAST_PYTHON:
        return _refuse(
            OLD_PYTHON.format(
                least=_dotted(LEAST_PYTHON),
                executable=sys.executable,
                found=_dotted(sys.version_info[:3]),
            )
        )
    parser = argparse.ArgumentParser(description="Create .venv and install the packages.")
    parser.add_argument("--dev", action="store_true", help="also install the tools for tests")
    name = DEVELOPMENT if parser.parse_args().dev else RUNTIME

    stamped = _stamped()
    try:
        if not (_key(name) in stamped and VENV_PYTHON.exists()):
            _install(name, on_top=_key(RUNTIME) in stamped and VENV_PYTHON.exists())
    except SetupError as error:
        return _refuse(str(error))
    return 0 if _run(*COMPILE) else 1


class SetupError(Exception):
    """What is wrong with the machine, in one sentence for whoever typed `make`."""


def _install(name: str, *, on_top: bool) -> None:
    """Install a requirements file: into the .venv that is there, or into a new one."""
    print(f"Installing {name} into .venv; only the first time takes long ...", flush=True)
    uv = _working_uv()
    if not (on_top and (uv or VENV_PIP.exists())):
        STAMP.unlink(missing_ok=True)
        uv = _create_venv(uv=uv)
    if not (uv and _run(uv, "pip", "install", "--quiet", "--python", VENV_PYTHON, "-r", name)):
        _install_with_pip(name, rebuild=uv is not None)
    names = (RUNTIME, DEVELOPMENT) if name == DEVELOPMENT else (RUNTIME,)
    STAMP.write_text("".join(f"{_key(installed)}\n" for installed in names), encoding="utf-8")


def _create_venv(*, uv: str | None) -> str | None:
    """Create an empty .venv; return uv if it did that, None if the venv module had to."""
    if uv and _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV):
        return uv
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise SetupError(NO_VENV_MODULE.format(version=_dotted(sys.version_info[:2])))
    if not _run(sys.executable, "-m", "venv", "--clear", VENV):
        raise SetupError(NO_VENV_MODULE.format(version=_dotted(sys.version_info[:2])))
    return None


def _install_with_pip(name: str, *, rebuild: bool) -> None:
    """Install with pip; after uv gave up, in a new .venv (uv's has no pip)."""
    if rebuild:
        print("uv could not install the packages; trying pip.", flush=True)
        _create_venv(uv=None)
    pip = (VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    if not _run(*pip, "-r", name):
        raise SetupError(PACKAGES_FAILED.format(name=name))


def _working_uv() -> str | None:
    """Return uv's path if it is installed and really runs (a version manager's shim may not)."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    version = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if version.returncode == 0 else None


def _run(*command: str | Path) -> bool:
    """Run a command in the repository's root, its output shown; return whether it succeeded."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode == 0


def _stamped() -> list[str]:
    """Return the keys of what .venv holds; nothing when its last installation did not finish."""
    return STAMP.read_text(encoding="utf-8").split() if STAMP.exists() else []


def _key(name: str) -> str:
    """Return what an installation of `name` depends on: the files, this Python, this folder."""
    names = (RUNTIME, DEVELOPMENT) if name == DEVELOPMENT else (RUNTIME,)
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for file_name in names:
        digest.update((ROOT / file_name).read_bytes())
    return digest.hexdigest()


def _dotted(version: tuple) -> str:
    return ".".join(str(part) for part in version)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

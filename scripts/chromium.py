"""Find the Chromium that the browser tests drive, or install it where that can be done."""

import os
import shutil
import subprocess

# The same browser without a window of its own takes a quarter less of the processor.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UPDATE = ("apt-get", "update", "-qq")
INSTALL = ("apt-get", "install", "-y", "-qq")
# Not every distribution has the first one.
PACKAGES = (SHELL, "chromium")
MISSING = "no Chromium: install it (Debian: apt install chromium) or name it in CHROMIUM"


def find() -> str | None:
    """Return the path of the browser that CHROMIUM names, else of the first one installed."""
    names = (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else NAMES
    return next((path for path in map(shutil.which, names) if path), None)


def find_or_install() -> str | None:
    """Return the browser's path, after installing it where that is allowed; None without one."""
    return find() or (find() if _install() else None)


def _install() -> bool:
    if os.environ.get("CHROMIUM") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(UPDATE, env=environment, check=False)
    for package in PACKAGES:
        if not find():
            subprocess.run((*INSTALL, package), env=environment, check=False)
    return find() is not None

"""
Collect the texts to translate into locale/, and compile what is translated: `make messages`.

`--compile` compiles only, and only what has changed since: every set-up does it, without msgfmt.
"""

import argparse
import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
EXTRACTORS = ("xgettext", "msguniq", "msgmerge", "msgattrib")
NO_GETTEXT = (
    "Collecting the texts needs gettext, which is not installed (Debian: apt install gettext). "
    "The translations that exist were compiled."
)


def main() -> int:
    """Collect and compile; return 1 when there was something to collect and no gettext for it."""
    parser = argparse.ArgumentParser(description="Collect and compile the translations.")
    parser.add_argument("--compile", action="store_true", help="compile only")
    if parser.parse_args().compile:
        compile_changed()
        return 0
    collected = collect(sorted(path.name for path in LOCALE.glob("*/")))
    print(f"Compiled {compile_changed()} translations.")
    if not collected:
        print(NO_GETTEXT, file=sys.stderr)
    return 0 if collected else 1


def collect(locales: list[str]) -> bool:
    """Bring the .po files of these locales up to date; return False without gettext."""
    if not all(shutil.which(tool) for tool in EXTRACTORS):
        return False
    # No settings: so the command looks into locale/ below this folder, and needs no SECRET_KEY.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [
            *(sys.executable, "-m", "django", "makemessages", "--add-location", "file"),
            *("--ignore", "tests", "--ignore", "scripts", "--ignore", "staticfiles"),
            *(f"--locale={name}" for name in locales),
        ],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return True


def compile_changed() -> int:
    """Write the .mo beside every .po that is newer; return how many were."""
    changed = [path for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")) if _is_newer(path)]
    for path in changed:
        target = path.with_suffix(".mo")
        # Whole or not at all: another process may read it, or compile it too.
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        unfinished.write_bytes(compiled(path))
        unfinished.replace(target)
    return len(changed)


def compiled(path: Path) -> bytes:
    """Return the translations of a .po as gettext reads them."""
    output = BytesIO()
    with path.open("rb") as file:
        catalogue = read_po(file)
    # Without a locale the plural rule of the file would be read and not written.
    catalogue.locale = path.parent.parent.name
    write_mo(output, catalogue)
    return output.getvalue()


def _is_newer(path: Path) -> bool:
    target = path.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime <= path.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main())

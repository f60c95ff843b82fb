"""Collect the texts to translate into locale/, and compile what is translated: `make messages`."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

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
    compile_only = parser.parse_args().compile
    languages = sorted(folder.name for folder in LOCALE.glob("*/") if folder.is_dir())
    if not languages:
        print("locale/ has no languages yet; nothing to do.")
        return 0
    collected = compile_only or collect(languages)
    print(f"Compiled {compile_all()} files of {len(languages)} languages.")
    if not collected:
        print(NO_GETTEXT, file=sys.stderr)
    return 0 if collected else 1


def collect(languages: list[str]) -> bool:
    """Bring the .po files of these languages up to date; return False without gettext."""
    if not all(shutil.which(tool) for tool in EXTRACTORS):
        return False
    # No settings: so the command looks into locale/ below this folder, and needs no SECRET_KEY.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [
            *(sys.executable, "-m", "django", "makemessages", "--add-location", "file"),
            *("--ignore", "tests", "--ignore", "scripts", "--ignore", "staticfiles"),
            *(f"--locale={language}" for language in languages),
        ],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return True


def compile_all() -> int:
    """Write the .mo beside every .po; return how many there are."""
    paths = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    for path in paths:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(paths)


if __name__ == "__main__":
    sys.exit(main())

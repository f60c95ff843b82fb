"""What a document shows of an answer, and whether the answer is so."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"^```(sh|json|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DIFFERS = "…"


@dataclass(frozen=True)
class Example:
    """Commands, and what the document shows of what they print; nothing where it shows none."""

    commands: str
    kind: str = ""
    shown: str = ""

    def differences(self, printed: str) -> list[str]:
        """Return where what was printed is not as shown."""
        if self.kind == "json":
            return different(json.loads(self.shown), json.loads(printed), at="answer")
        if self.kind == "text":
            return different(self.shown.split(), printed.split(), at="lines", is_whole=True)
        return []


def examples_in(path: Path) -> list[Example]:
    """Return the examples of a document, in their order."""
    found: list[Example] = []
    for kind, body in BLOCK.findall(path.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Example(body))
        else:
            assert found[-1].kind == "", f"two answers to one example: {body}"
            found[-1] = Example(found[-1].commands, kind, body)
    return found


def different(shown: Any, real: Any, *, at: str, is_whole: bool = False) -> list[str]:
    """
    Return where the real value is not as shown.

    Shown objects may leave names out, and lists later items; text with … in it differs there.
    """
    if isinstance(shown, dict) and isinstance(real, dict):
        missing = [f"{at}.{name} is missing" for name in sorted(shown.keys() - real.keys())]
        known = [name for name in shown if name in real]
        return missing + [
            line for name in known for line in different(shown[name], real[name], at=f"{at}.{name}")
        ]
    if isinstance(shown, list) and isinstance(real, list):
        if len(real) < len(shown) or (is_whole and len(real) > len(shown)):
            return [f"{at} has {len(real)} items"]
        pairs = enumerate(zip(shown, real, strict=False))
        return [line for n, (a, b) in pairs for line in different(a, b, at=f"{at}[{n}]")]
    if isinstance(shown, str) and isinstance(real, str) and DIFFERS in shown:
        pattern = ".+".join(map(re.escape, shown.split(DIFFERS)))
        return [] if re.fullmatch(pattern, real, re.DOTALL) else [f"{at} is {real!r}"]
    is_same = type(shown) is type(real) and shown == real
    return [] if is_same else [f"{at} is {real!r}, shown is {shown!r}"]

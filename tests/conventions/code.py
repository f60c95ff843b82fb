"""The code base as data: its files, syntax trees and templates, for the tests of conventions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("portal", "partners", "benefits", "support", "partnercenter")


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(*, migrations: bool = False) -> list[Path]:
    """Return the Python files of the apps."""
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if migrations or "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    """Return the file's path inside the repository."""
    return path.relative_to(ROOT).as_posix()


def imported_by(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that the statements below `tree` import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a file with the dotted name of what is called."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def templates() -> list[Path]:
    """Return all templates."""
    return sorted((ROOT / "templates").rglob("*.html"))


def lines_of(path: Path) -> int:
    """Return how long a file is."""
    return len(path.read_text(encoding="utf-8").splitlines())

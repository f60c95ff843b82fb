"""The documents say what is there: links, commands, variables, paths, numbers, and the snippets."""

import re
import subprocess
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from benefits.models import Plan
from partners.models import User
from partners.permissions import has_permission, standing_of
from partners.roles import Permission
from scripts import run
from scripts.checks import APPS

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = ROOT / "docs" / "adr"
SOURCES = (*APPS, "scripts", "tests")
LARGEST_IMAGE = 150_000
LONGEST_README = 150

# Where a document may point to; package indexes and machines of somebody's own are not among them.
KNOWN_HOSTS = {"127.0.0.1:8000", "keepachangelog.com", "portal.example.org"}
# What no .env holds: variables of tests and CI, one of the shell, a setting that is not used.
OTHER_VARIABLES = {
    "CI",
    "CHROMIUM",
    "FUZZ_SECONDS",
    "TEST_DATABASE_URL",
    "RESTORED",
    "ATOMIC_REQUESTS",
}
# What follows from the documents and is not in the repository, and an example.
NOT_IN_THE_REPOSITORY = {"first.py", "tests/test_x.py", "/srv/portal"}

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ADDRESS = re.compile(r"https?://[^\s)>`'\";]+")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|work|tmp|Users|opt|private)\b\S*")
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:py|md|html|css|js|csv|toml|txt)|[\w.-]+/")


@dataclass(frozen=True)
class Document:
    """A Markdown file, taken apart."""

    path: Path

    @property
    def text(self):
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self):
        """It without its fenced blocks."""
        return FENCE.sub("", self.text)

    @property
    def spans(self):
        """What stands between backticks in a line."""
        return SPAN.findall(self.prose)

    @property
    def code(self):
        """Whatever is to be typed, or names something."""
        return "\n".join([*self.spans, *self.blocks()])

    def blocks(self, *languages):
        """Return what is in the fenced blocks of these languages; of all of them when none is."""
        return [
            body for name, body in FENCE.findall(self.text) if not languages or name in languages
        ]

    def table(self, *, under):
        """Return the cells of the table whose first heading is this, row by row."""
        (lines,) = re.findall(rf"^\| {under} \|.*\n\|.*\n((?:\|.*\n)+)", self.text, re.MULTILINE)
        return [line.strip("| ").split(" | ") for line in lines.splitlines()]

    @property
    def anchors(self):
        """The names under which its headings can be linked to."""
        titles = HEADING.findall(self.prose)
        return {re.sub(r"[^\w -]", "", title.casefold()).replace(" ", "-") for title in titles}

    def __str__(self):
        return str(self.path.relative_to(ROOT))


DOCUMENTS = [
    Document(path) for path in sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
]
README = Document(ROOT / "README.md")
ARCHITECTURE = Document(ROOT / "docs" / "architecture.md")
GUIDE = Document(ROOT / "docs" / "guide-coverage.md")
DEPLOYMENT = Document(ROOT / "docs" / "deployment.md")
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=str)


@pytest.fixture(scope="module")
def variables():
    """Return the names of all variables that .env.example explains."""
    example = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))


@pytest.fixture(scope="module")
def targets_and_variables_of_make():
    """Return the names of the Makefile's targets, and of what can be set for them."""
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))
    return targets, set(re.findall(r"^([A-Z]+) \?=", text, re.MULTILINE))


@pytest.fixture(scope="module")
def words_in_capitals():
    """Return the constants, settings and stored values that the sources know."""
    files = chain.from_iterable((ROOT / folder).rglob("*.py") for folder in SOURCES)
    return set(re.findall(r"[A-Z][A-Z_]+", "\n".join(path.read_text() for path in files)))


# --- links and addresses ---------------------------------------------------------------------


def leads_somewhere(target, *, document):
    """Whether a relative link leads to a file, and to a heading if it names one."""
    path, _hash, anchor = target.partition("#")
    file = (document.path.parent / path).resolve() if path else document.path
    return file.exists() and (not anchor or anchor in Document(file).anchors)


@each_document
def test_links_of_a_document_lead_somewhere(document):
    relative = [link for link in LINK.findall(document.prose) if not urlsplit(link).scheme]

    assert [link for link in relative if not leads_somewhere(link, document=document)] == []


@each_document
def test_addresses_in_a_document_are_public_ones(document):
    hosts = {urlsplit(address).netloc for address in ADDRESS.findall(document.text)}

    assert hosts - KNOWN_HOSTS - {""} == set()


@each_document
def test_paths_in_a_document_belong_to_no_machine(document):
    assert MACHINE_PATH.findall(document.text) == []


@each_document
def test_pages_that_a_document_names_exist(document):
    missing = []
    for address in {span for span in document.spans if re.fullmatch(r"/[a-z/-]+", span)}:
        try:
            resolve(address)
        except Resolver404:
            missing.append(address)

    assert set(missing) - NOT_IN_THE_REPOSITORY == set()


# --- commands, variables, files --------------------------------------------------------------


@each_document
def test_make_targets_that_a_document_names_exist(document, targets_and_variables_of_make):
    targets, _variables = targets_and_variables_of_make

    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", document.code)) - targets == set()


@each_document
def test_commands_that_a_document_names_exist(document):
    assert set(re.findall(r"\bmanage\.py ([a-z_]+)", document.code)) - set(get_commands()) == set()


@each_document
def test_variables_that_a_document_sets_are_explained(
    document, variables, targets_and_variables_of_make
):
    _targets, of_make = targets_and_variables_of_make

    set_there = set(re.findall(r"(?<![\w?&-])([A-Z][A-Z_]+)=", document.code))

    assert set_there - variables - of_make - OTHER_VARIABLES == set()


@each_document
def test_words_in_capitals_that_a_document_names_are_known(document, variables, words_in_capitals):
    named = {span for span in document.spans if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}

    assert named - variables - words_in_capitals - OTHER_VARIABLES == set()


def test_variables_of_the_deployment_table_are_explained(variables):
    rows = DEPLOYMENT.table(under="variable")

    named = set(chain.from_iterable(SPAN.findall(first_cell) for first_cell, _meaning in rows))

    assert len(named) > 5
    assert named - variables == set()


@each_document
def test_files_that_a_document_names_exist(document):
    named = {span for span in document.spans if FILE.fullmatch(span)} - NOT_IN_THE_REPOSITORY

    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_rules_of_the_architecture_table_have_a_file():
    rows = ARCHITECTURE.table(under="question")
    files = {question: SPAN.findall(answer) for question, answer in rows}

    assert len(files) > 20
    assert [question for question, answers in files.items() if not answers] == []


def test_rows_of_the_guide_coverage_name_a_page_and_tests_that_exist():
    rows = [line.strip("| ").split(" | ") for line in GUIDE.text.splitlines() if "::" in line]

    assert len(rows) > 150
    for sentence, page, tests in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert len(named) == tests.count("::"), sentence
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
        for address in SPAN.findall(page):
            # An ellipsis stands for one public id.
            found = address.replace("/staff/partners/…", "/staff/partners/5123456")
            resolve(found.replace("…", "5f0d1d6e-8b1f-4f0a-9a51-9b0c1d2e3f40"))


def test_folders_of_the_repository_stand_in_the_architecture():
    cells = chain.from_iterable(ARCHITECTURE.table(under="path"))
    named = {span.rstrip("/") for cell in cells for span in SPAN.findall(cell)}

    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert {*packages, "templates", "static", "docs", "tests"} - named == set()


# --- decisions -------------------------------------------------------------------------------


def test_decisions_are_numbered_without_gaps_and_listed():
    files = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    titles = [path.read_text().splitlines()[0] for path in files]

    listed = Document(DECISIONS / "README.md").table(under="number")

    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert [link for link, _title in listed] == [f"[{p.name[:4]}]({p.name})" for p in files]
    assert [f"# {link[1:5]} {title}" for link, title in listed] == titles


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda path: path.name)
def test_decisions_have_the_same_parts(path):
    _title, *parts = HEADING.findall(path.read_text())

    assert parts == ["Context", "Decision", "Consequences"]


# --- what can be run -------------------------------------------------------------------------


@each_document
def test_shell_blocks_of_a_document_are_understood_by_a_shell(document):
    for block in document.blocks("sh"):
        shell = subprocess.run(
            ["sh", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert (shell.returncode, shell.stderr) == (0, "")


def test_server_command_of_the_deployment_is_the_one_of_make_run(monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    monkeypatch.delenv("WEB_THREADS", raising=False)
    monkeypatch.setattr(run, "WORKER_FOLDER", ROOT / "there is none")
    started = run.server_command(host="127.0.0.1", port=8000, dev=False)

    text = DEPLOYMENT.text.replace("\\\n", "")
    told = {" ".join(line.split()) for line in re.findall(r"bin/python (-m gunicorn .+)", text)}

    assert told == {" ".join([*started, "--worker-tmp-dir", "/dev/shm"])}


@pytest.mark.django_db
def test_first_accounts_of_the_deployment_can_work():
    (script,) = DEPLOYMENT.blocks("python")

    exec(compile(script, "first.py", "exec"), {})

    admin = User.objects.get(email="admin@example.org")
    partner = admin.affiliations.get().partner
    plans = Plan.objects.visible_to(admin).order_by("pk")
    assert has_permission(standing_of(admin, partner=partner), Permission.ACTIVATE)
    assert admin.check_password("a long first password")
    assert list(plans.values_list("allotment", flat=True)) == [20, 10, 50]
    assert User.objects.get(email="agent@example.org").is_staff_member


# --- README and images -----------------------------------------------------------------------


def test_readme_is_short():
    assert len(README.text.splitlines()) < LONGEST_README


def test_images_are_small_and_shown():
    images = sorted((ROOT / "docs" / "images").iterdir())
    shown = {path.name for document in DOCUMENTS for path in map(Path, LINK.findall(document.text))}

    assert [path.name for path in images if path.name not in shown] == []
    assert [path.name for path in images if path.stat().st_size > LARGEST_IMAGE] == []
    assert [path.name for path in images if path.read_bytes()[:4] != b"\x89PNG"] == []

"""Settings and starting: wrong values stop the start, with a sentence that says which and why."""

import os
import re
import runpy
import socket
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from partnercenter.environment import (
    env_bool,
    env_duration,
    env_instant,
    env_int,
    env_list,
    env_text,
)
from scripts import env_file, run

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "partnercenter" / "settings.py"
LONG_KEY = "k" * 50
# What may be set on the machine that runs the tests, and would change what is tested here.
SETTINGS_VARIABLES = (
    "ACTIVATION_DELAY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "DEMO",
    "HTTPS",
    "PORTAL_NOW",
    "SECRET_KEY",
    "TRUSTED_PROXIES",
)


@pytest.fixture
def bare(monkeypatch):
    """Take the portal's own variables out of the environment; return the monkeypatch."""
    for name in (*SETTINGS_VARIABLES, "HOST", "PORT", "WEB_CONCURRENCY", "WEB_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def settings_with(bare, **variables):
    """Return what settings.py sets in an environment of these variables."""
    for name, value in variables.items():
        bare.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


# --- partnercenter/environment.py ------------------------------------------------------------


def test_text_is_trimmed(bare):
    bare.setenv("HOST", "  portal.example.org ")
    assert env_text("HOST") == "portal.example.org"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_text_without_a_value_is_the_default_or_an_error(bare, value):
    if value is not None:
        bare.setenv("HOST", value)

    assert env_text("HOST", default="here") == "here"
    with pytest.raises(ImproperlyConfigured, match=r"^HOST is not set\. See \.env\.example"):
        env_text("HOST")


@pytest.mark.parametrize(("value", "expected"), [("True", True), ("False", False)])
def test_bool_knows_two_words(bare, value, expected):
    bare.setenv("DEMO", value)
    assert env_bool("DEMO", default=not expected) is expected


@pytest.mark.parametrize("value", ["yes", "true", "1", "0", "on", "TRUE"])
def test_bool_refuses_every_other_word(bare, value):
    bare.setenv("DEMO", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env_bool("DEMO", default=False)
    assert str(refusal.value) == f"DEMO must be 'True' or 'False', not {value!r}."


@pytest.mark.parametrize(("value", "expected"), [("0", 0), ("7", 7), ("007", 7)])
def test_int_reads_whole_numbers(bare, value, expected):
    bare.setenv("TRUSTED_PROXIES", value)
    assert env_int("TRUSTED_PROXIES", default=3) == expected


@pytest.mark.parametrize("value", ["-1", "1.5", "one", "1e3", "٣", "²", "+1"])
def test_int_refuses_anything_else(bare, value):
    bare.setenv("TRUSTED_PROXIES", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env_int("TRUSTED_PROXIES", default=0)
    assert (
        str(refusal.value) == f"TRUSTED_PROXIES must be a whole number, 0 or more, not {value!r}."
    )


def test_int_below_the_least_is_refused(bare):
    bare.setenv("WEB_THREADS", "0")
    with pytest.raises(ImproperlyConfigured, match="a whole number, 1 or more, not '0'"):
        env_int("WEB_THREADS", default=4, least=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", ["a"]), ("a, b ,c", ["a", "b", "c"]), ("a,,b,", ["a", "b"]), ("", ["x"])],
)
def test_list_trims_and_drops_empty_items(bare, value, expected):
    bare.setenv("ALLOWED_HOSTS", value)
    assert env_list("ALLOWED_HOSTS", default="x") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("P0D", timedelta(0)),
        ("P3D", timedelta(days=3)),
        ("PT12H", timedelta(hours=12)),
        ("3 00:00:00", timedelta(days=3)),
    ],
)
def test_duration_reads_lengths_of_time(bare, value, expected):
    bare.setenv("ACTIVATION_DELAY", value)
    assert env_duration("ACTIVATION_DELAY", default="P1D") == expected


@pytest.mark.parametrize("value", ["3", "-P1D", "P-1D", "-1 00:00:00", "three days", "P3X"])
def test_duration_refuses_negative_and_unclear_lengths(bare, value):
    bare.setenv("ACTIVATION_DELAY", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env_duration("ACTIVATION_DELAY", default="P0D")
    assert str(refusal.value) == (
        f"ACTIVATION_DELAY must be a length of time such as 'P3D' or 'PT12H', not {value!r}."
    )


def test_duration_that_overflows_is_refused(bare):
    bare.setenv("ACTIVATION_DELAY", "P9999999999999D")
    with pytest.raises(ImproperlyConfigured, match="must be a length of time"):
        env_duration("ACTIVATION_DELAY", default="P0D")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("2021-06-01T12:00:00Z", datetime(2021, 6, 1, 12, tzinfo=UTC)),
        ("2021-06-01T14:00:00+02:00", datetime(2021, 6, 1, 12, tzinfo=UTC)),
    ],
)
def test_instant_is_read_as_utc(bare, value, expected):
    bare.setenv("PORTAL_NOW", value)
    assert env_instant("PORTAL_NOW") == expected


@pytest.mark.parametrize(
    "value", ["2021-06-01T12:00:00", "2021-06-01", "2021-02-30T12:00:00Z", "noon"]
)
def test_instant_without_offset_or_sense_is_refused(bare, value):
    bare.setenv("PORTAL_NOW", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env_instant("PORTAL_NOW")
    assert str(refusal.value) == (
        "PORTAL_NOW must be an instant with its offset such as '2021-06-01T12:00:00Z', "
        f"not {value!r}."
    )


# --- partnercenter/settings.py ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "SECRET_KEY is not set. See .env.example for what it means."),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY must have at least 50 characters."),
        (
            {"SECRET_KEY": LONG_KEY, "DEBUG": "yes"},
            "DEBUG must be 'True' or 'False', not 'yes'.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "DEBUG": "True", "HTTPS": "True"},
            "DEBUG and HTTPS exclude each other: DEBUG is for your own machine.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "ALLOWED_HOSTS": "*"},
            "ALLOWED_HOSTS must name its hosts; '*' is not one.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "ALLOWED_HOSTS": "portal.example.org,*.example.org"},
            "ALLOWED_HOSTS must name its hosts; '*' is not one.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "PORTAL_NOW": "2021-06-01T12:00:00Z"},
            "PORTAL_NOW is for demo installations: it needs DEMO=True.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "DEMO": "True", "PORTAL_NOW": "noon"},
            (
                "PORTAL_NOW must be an instant with its offset such as '2021-06-01T12:00:00Z', "
                "not 'noon'."
            ),
        ),
        (
            {"SECRET_KEY": LONG_KEY, "ACTIVATION_DELAY": "-P1D"},
            "ACTIVATION_DELAY must be a length of time such as 'P3D' or 'PT12H', not '-P1D'.",
        ),
        (
            {"SECRET_KEY": LONG_KEY, "TRUSTED_PROXIES": "some"},
            "TRUSTED_PROXIES must be a whole number, 0 or more, not 'some'.",
        ),
    ],
)
def test_settings_with_a_wrong_value_stop_the_start(bare, variables, sentence):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(bare, **variables)
    assert str(refusal.value) == sentence


def test_settings_stop_a_real_process():
    environment = {k: v for k, v in os.environ.items() if k not in SETTINGS_VARIABLES}
    process = subprocess.run(
        [sys.executable, "-c", "import partnercenter.settings"],
        cwd=ROOT,
        env={**environment, "SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "SECRET_KEY must have at least 50 characters." in process.stderr


def test_settings_of_a_plain_installation_are_the_strict_ones(bare):
    settings = settings_with(bare, SECRET_KEY=LONG_KEY)

    assert (settings["DEBUG"], settings["DEMO"], settings["HTTPS"]) == (False, False, True)
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True


@pytest.mark.parametrize("variable", ["DEBUG", "DEMO"])
def test_settings_of_a_local_installation_leave_https_out(bare, variable):
    settings = settings_with(bare, **{"SECRET_KEY": LONG_KEY, variable: "True"})

    assert settings["HTTPS"] is False
    assert "SESSION_COOKIE_SECURE" not in settings


def test_env_example_names_every_variable_the_settings_read():
    example = (ROOT / ".env.example").read_text()
    sources = SETTINGS.read_text() + Path(run.__file__).read_text()

    named = {line.removeprefix("#").split("=")[0] for line in example.splitlines() if "=" in line}
    read = set(re.findall(r'env_[a-z]+\(\s*"([A-Z_]+)"', sources))
    read -= {"WEB_TIMEOUTS"}  # set by wsgi.py, not by people

    assert read <= named


# --- scripts/env_file.py ---------------------------------------------------------------------


def test_env_file_is_read_line_by_line():
    text = """
# A comment
SECRET_KEY=a=b#c
  DEMO = True
EMPTY=
QUOTED="two words"
SINGLE='x'
LONE="
"""
    assert env_file.parse(text) == {
        "SECRET_KEY": "a=b#c",
        "DEMO": "True",
        "EMPTY": "",
        "QUOTED": "two words",
        "SINGLE": "x",
        "LONE": '"',
    }


@pytest.mark.parametrize("line", ["DEMO", "demo=True", "=True", "export DEMO=True", "1A=b"])
def test_env_file_with_an_unclear_line_is_refused_without_showing_it(line):
    with pytest.raises(ImproperlyConfigured) as refusal:
        env_file.parse(f"# first\n{line}\n")
    assert str(refusal.value) == ".env, line 2: expected NAME=value."


def test_env_file_gives_way_to_the_environment(bare, tmp_path):
    path = tmp_path / ".env"
    path.write_text("HOST=from-the-file\nPORT=9000\n")
    bare.setenv("HOST", "from-the-environment")
    bare.setenv("PORT", "unset")  # remembered, so that what is loaded below is taken back
    bare.delenv("PORT")

    env_file.load(path)

    assert (os.environ["HOST"], os.environ["PORT"]) == ("from-the-environment", "9000")


def test_env_file_is_created_once_for_its_owner_only(tmp_path):
    path = tmp_path / ".env"

    assert env_file.create(path) is True
    first = path.read_text()
    assert env_file.create(path) is False

    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    variables = env_file.parse(first)
    assert sorted(variables) == ["DEMO", "SECRET_KEY"]
    assert variables["DEMO"] == "True"
    assert len(variables["SECRET_KEY"]) >= 50


def test_env_file_is_different_on_every_machine(tmp_path):
    env_file.create(tmp_path / "here")
    env_file.create(tmp_path / "there")

    assert (tmp_path / "here").read_text() != (tmp_path / "there").read_text()


# --- scripts/run.py --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("portal.example.org", "portal.example.org"),
    ],
)
def test_host_is_a_name_or_an_address(bare, value, expected):
    bare.setenv("HOST", value)
    assert run.host_from_environment() == expected


@pytest.mark.parametrize("value", ["http://portal", "a b", "portal:8000", "-portal", "*"])
def test_host_that_is_neither_is_refused(bare, value):
    bare.setenv("HOST", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        run.host_from_environment()
    assert str(refusal.value) == f"HOST must be a host name or an address, not {value!r}."


@pytest.mark.parametrize(("value", "expected"), [("", 8000), ("1", 1), ("65535", 65535)])
def test_port_is_a_port_number(bare, value, expected):
    bare.setenv("PORT", value)
    assert run.port_from_environment() == expected


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0", "PORT must be a whole number, 1 or more, not '0'."),
        ("http", "PORT must be a whole number, 1 or more, not 'http'."),
        ("65536", "PORT must be at most 65535, not 65536."),
    ],
)
def test_port_that_is_none_is_refused(bare, value, sentence):
    bare.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        run.port_from_environment()
    assert str(refusal.value) == sentence


def test_port_that_is_taken_is_refused_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ImproperlyConfigured) as refusal:
            run.require_free_port(host="127.0.0.1", port=port)
    assert str(refusal.value) == (
        f"The portal cannot listen on 127.0.0.1:{port}: port {port} is taken. "
        f"Use another one: PORT={port + 1} make run."
    )


def test_port_that_is_free_stays_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    run.require_free_port(host="127.0.0.1", port=port)
    run.require_free_port(host="127.0.0.1", port=port)


def test_host_of_another_machine_is_refused():
    with pytest.raises(ImproperlyConfigured, match="HOST must be an address of this machine"):
        run.require_free_port(host="192.0.2.1", port=8000)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", None),
        ("::1", None),
        ("192.0.2.1", "localhost,127.0.0.1,[::1],192.0.2.1"),
        ("2001:db8::1", "localhost,127.0.0.1,[::1],[2001:db8::1]"),
    ],
)
def test_host_of_the_users_choice_is_allowed(bare, host, expected):
    bare.setenv("ALLOWED_HOSTS", "unset")  # remembered, so that what is set below is taken back
    bare.delenv("ALLOWED_HOSTS")

    run.allow_host(host)

    assert os.environ.get("ALLOWED_HOSTS") == expected


def test_host_leaves_the_users_allowed_hosts_alone(bare):
    bare.setenv("ALLOWED_HOSTS", "portal.example.org")
    run.allow_host("192.0.2.1")
    assert os.environ["ALLOWED_HOSTS"] == "portal.example.org"


def test_server_runs_with_the_processes_and_threads_asked_for(bare):
    bare.setenv("WEB_CONCURRENCY", "3")
    bare.setenv("WEB_THREADS", "5")

    command = run.server_command(host="::1", port=8000, dev=False)

    assert command[:3] == ["-m", "gunicorn", "partnercenter.wsgi:application"]
    for option, value in [("--bind", "[::1]:8000"), ("--workers", "3"), ("--threads", "5")]:
        assert command[command.index(option) + 1] == value
    assert "--no-control-socket" in command


def test_server_for_development_is_djangos_own(bare):
    assert run.server_command(host="127.0.0.1", port=8001, dev=True) == [
        "manage.py",
        "runserver",
        "127.0.0.1:8001",
    ]

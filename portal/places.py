"""Countries, languages and time zones, named in the user's language (CLDR, by way of Babel)."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from django.utils import translation

# Two letters that are not countries: groups of states, and islands that ISO 3166 only reserves.
NO_COUNTRIES = frozenset("EU EZ UN QO ZZ XA XB AC CP CQ DG EA IC TA".split())
ANSWERED_IN = ("en", "hu", "ru", "sv", "zh-Hans", "zh-Hant")


def countries() -> list[tuple[str, str]]:
    """Return (ISO code, name) of every country, by name."""
    return list(_countries(translation.get_language() or "en"))


def country_name(code: str) -> str:
    """Return the name of a country; an unknown code stands for itself."""
    return dict(countries()).get(code, code)


def languages() -> list[tuple[str, str]]:
    """Return (BCP 47 code, name) of the languages that people are answered in, by name."""
    names = [(code, language_name(code)) for code in ANSWERED_IN]
    return sorted(names, key=lambda item: item[1].casefold())


def language_name(code: str) -> str:
    """Return the name of a language; an unknown code stands for itself."""
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"), sep="_")
    return str(locale.languages.get(code.replace("-", "_"), code))


def time_zones(*, on: date) -> list[tuple[str, str]]:
    """Return (name, label with the day's offset from UTC), from west to east."""
    return list(_time_zones(on))


def zone_names() -> frozenset[str]:
    """Return the names of all time zones, also those that forms don't list; read at start."""
    return _ZONES


def listed_zone(name: str) -> str:
    """Return the name under which a time zone is listed: browsers still say Asia/Calcutta."""
    known: str = get_global("zone_aliases").get(name, name)
    return "UTC" if known in ("Etc/UTC", "Etc/GMT") else known


_ZONES = frozenset(available_timezones())


@lru_cache(maxsize=16)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    locale = Locale.parse(translation.to_locale(language), sep="_")
    found = {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }
    return tuple(sorted(found.items(), key=lambda item: item[1].casefold()))


@lru_cache(maxsize=4)
def _time_zones(on: date) -> tuple[tuple[str, str], ...]:
    noon = datetime.combine(on, time(12), tzinfo=UTC)
    names = set(get_global("zone_territories")) & available_timezones()
    zones = []
    for name in (*names, "UTC"):
        offset = noon.astimezone(ZoneInfo(name)).utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset else 0
        # Etc/GMT+12 is twelve hours behind, which nobody would guess.
        if name == "UTC" or ("/" in name and not name.startswith("Etc/")):
            zones.append((minutes, name))
    return tuple(
        (name, f"({_offset(minutes)}) {_spoken(name)}") for minutes, name in sorted(set(zones))
    )


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")

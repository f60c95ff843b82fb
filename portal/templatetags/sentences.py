"""The same days, distances and names for templates."""

from datetime import datetime

from django import template

from portal import places, sentences

register = template.Library()

register.filter("day", sentences.day)
register.filter("short_day", sentences.short_day)
register.filter("day_and_time", sentences.day_and_time)
register.filter("last_day", sentences.last_day)
register.filter("short_last_day", sentences.short_last_day)
register.filter("calendar_day", sentences.calendar_day)
register.filter("short_calendar_day", sentences.short_calendar_day)
register.filter("one_of", sentences.one_of)
register.filter("listed", sentences.listed)
register.filter("grouped", sentences.grouped)
register.filter("signed", sentences.signed)
register.filter("country_name", places.country_name)
register.simple_tag(sentences.between_sentences, name="gap")


@register.filter
def distance_from(moment: datetime, now: datetime) -> str:
    """Return how far the instant's day is from `now`: in 54 days."""
    return sentences.distance(moment, now=now)


@register.filter
def with_distance_from(moment: datetime, now: datetime) -> str:
    """Return the day with its distance: 13 Jan 2027, in 54 days."""
    return sentences.with_distance(moment, now=now)

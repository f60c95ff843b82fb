"""Words about an entitlement for templates; the sentences themselves are in wording.py."""

from django import template

from benefits import wording

register = template.Library()

register.filter("units_remaining", wording.units_remaining)

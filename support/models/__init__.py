"""The models of support: requests, the notes on them, and what was used."""

from support.models.notes import Note
from support.models.requests import ABOUT_HOURS, NOT_ENDED, RequestQuerySet, SupportRequest
from support.models.usage import MonthlyUse, MonthlyUseHead, PlanLevel

__all__ = [
    "ABOUT_HOURS",
    "NOT_ENDED",
    "MonthlyUse",
    "MonthlyUseHead",
    "Note",
    "PlanLevel",
    "RequestQuerySet",
    "SupportRequest",
]

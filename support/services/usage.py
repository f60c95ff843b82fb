"""
Summing up the months: what reports would otherwise add up from the whole ledger each time.

Entries never change, so each is added once, in the order of their keys. On PostgreSQL a key can be
given before an older one is committed: what is added ends where no older one can appear any more.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from benefits.models import LedgerEntry
from support.models import MonthlyUse, MonthlyUseHead
from support.usage import by_month

# So many keys at a time, that no transaction is long.
AT_ONCE = 20_000
Key = tuple[date, str, str, str, str]


def sum_up(*, most: int = AT_ONCE) -> int:
    """
    Add up to `most` ledger entries to the sums of their months; return how many keys that were.

    Call it again until it returns 0 to do all. It may be stopped at any time, run by two at once,
    or never run: reports read from the ledger what is not summed up.
    """
    last = _last_settled()
    with transaction.atomic():
        head = _locked_head()
        end = min(head.last_entry + most, last)
        count = max(end - head.last_entry, 0)
        if count:
            _add(LedgerEntry.objects.filter(pk__gt=head.last_entry, pk__lte=end))
            head.last_entry = end
            head.save(update_fields=["last_entry"])
    return count


def _last_settled() -> int:
    """Return the newest entry before which none can appear: nobody who writes one is at it."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Waits for those who write, keeps no reader waiting, and is over with this block.
                table = connection.ops.quote_name(LedgerEntry._meta.db_table)
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        return LedgerEntry.objects.aggregate(last=Max("pk"))["last"] or 0


def _locked_head() -> MonthlyUseHead:
    """Lock the head, which is written by the first to ask."""
    heads = MonthlyUseHead.objects.select_for_update(of=("self",), no_key=True)
    head = heads.first()
    if head is None:
        MonthlyUseHead.objects.bulk_create([MonthlyUseHead()], ignore_conflicts=True)
        head = heads.get()
    return head


def _add(entries: Any) -> None:
    """Add the entries to the sums that there are, and write those that there are not."""
    rows = list(by_month(entries))
    known = _known({row["month"] for row in rows})
    new, changed = [], []
    for row in rows:
        used, returned = row.pop("used"), row.pop("returned")
        one = known.get(_key(row))
        if one is None:
            new.append(MonthlyUse(**row, used=used, returned=returned))
            continue
        one.used, one.returned = one.used + used, one.returned + returned
        changed.append(one)
    MonthlyUse.objects.bulk_create(new)
    MonthlyUse.objects.bulk_update(changed, ["used", "returned"], batch_size=100)


def _known(months: set[date]) -> dict[Key, MonthlyUse]:
    """Return the sums of these months; nobody else changes them while the head is locked."""
    found = MonthlyUse.objects.filter(month__in=months)
    return {_key(vars(one)): one for one in found}


def _key(row: dict[str, Any]) -> Key:
    return (row["month"], row["unit"], row["level"], row["portal"], row["product_family"])

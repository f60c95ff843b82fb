"""Partner support plans that were bought."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.support_plans import Offer
from partners.models import Partner, User


class Purchase(models.Model):
    """
    A support plan that a partner bought for one year; the year itself is its package.

    `number` counts a partner's years of one offer 1, 2, 3: two buyers at once that both found the
    same last year cannot both write the next.
    """

    partner = models.ForeignKey(
        Partner, verbose_name=_("Partner"), on_delete=models.PROTECT, related_name="purchases"
    )
    offer = models.CharField(_("Support plan"), max_length=10, choices=Offer.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    bought_at = models.DateTimeField(_("bought"))
    bought_by = models.ForeignKey(
        User, verbose_name=_("bought by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "offer", "number"], name="benefits_purchase_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(offer__in=["ADVANCED", "PREMIER"]), name="benefits_purchase_offer_known"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="benefits_purchase_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_offer_display()} {self.number}"

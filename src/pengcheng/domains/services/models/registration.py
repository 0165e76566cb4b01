"""Tables of company names: registered ones and those that are kept for somebody."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class CompanyName(models.Model):
    """A name that is taken; one that ended stays closed for a while."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    full = models.CharField(max_length=100)
    trade = models.CharField(max_length=40)
    industry = models.CharField(max_length=40, blank=True, default="")
    pinyin = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    holder = models.CharField(max_length=36, blank=True, default="")
    reference = models.CharField(max_length=40, blank=True, default="")
    until = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    used_by = models.CharField(max_length=36, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["trade"], name="services_name_trade"),
            models.Index(fields=["pinyin"], name="services_name_sound"),
            models.Index(fields=["holder"], name="services_name_holder"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["trade", "industry"],
                condition=~models.Q(state="ended"),
                name="services_name_once_an_industry",
            ),
        )

    def __str__(self) -> str:
        return self.full

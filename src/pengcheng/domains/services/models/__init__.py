"""Tables of the services: the catalogue, the drafts of applications and their files."""

from __future__ import annotations

from django.db import models

from pengcheng.domains.services.models.appointments import Appointment, Slot
from pengcheng.domains.services.models.counter import CounterVisit
from pengcheng.domains.services.models.forms import Correction, FormSheet
from pengcheng.domains.services.models.lifeevents import Filing, FilingLine, FilingPart, Serial
from pengcheng.domains.services.models.notices import Objection, PublicNotice
from pengcheng.domains.services.models.outreach import Offer, OutreachRun
from pengcheng.domains.services.models.registration import CompanyName
from pengcheng.kernel.ids import new_id

__all__ = [
    "Appointment",
    "CatalogueState",
    "CompanyName",
    "Correction",
    "CounterVisit",
    "Department",
    "Draft",
    "Filing",
    "FilingLine",
    "FilingPart",
    "FormSheet",
    "Objection",
    "Offer",
    "OutreachRun",
    "PublicNotice",
    "Serial",
    "ServiceItem",
    "Slot",
    "Upload",
]


class Department(models.Model):
    """A body that answers for items."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class ServiceItem(models.Model):
    """One item as loaded: the typed facts and the words of its texts, both as JSON text.

    Searching and showing use an index in memory built from these rows, so they need no more columns
    than what must be unique, ordered or asked for in SQL.
    """

    code = models.CharField(max_length=40, primary_key=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    checksum = models.CharField(max_length=64)
    facts = models.TextField()
    tokens = models.TextField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="services_item_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class CatalogueState(models.Model):
    """One row: the version of the catalogue that every process compares with its index."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField()
    items = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()
    source = models.TextField()
    gaps = models.TextField()
    situations = models.TextField()
    featured = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="services_one_catalogue"),
        )

    def __str__(self) -> str:
        return f"catalogue {self.version}"


class Draft(models.Model):
    """An application being filled in; once sent it names its case and is kept as what was sent."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    item_code = models.CharField(max_length=40)
    form_id = models.CharField(max_length=60)
    form_sha256 = models.CharField(max_length=64)
    owner = models.CharField(max_length=36)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    case_id = models.CharField(max_length=36, blank=True, default="")
    reference = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")
    reason_zh = models.TextField(blank=True, default="")
    reason_en = models.TextField(blank=True, default="")
    key = models.CharField(max_length=100, blank=True, default="")
    licence_id = models.CharField(max_length=36, blank=True, default="")
    licence_number = models.CharField(max_length=80, blank=True, default="")
    waits_for = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ("-updated_at",)
        indexes = (models.Index(fields=["owner", "case_id"], name="services_draft_owner"),)
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "item_code"],
                condition=models.Q(case_id=""),
                name="services_one_open_draft_an_item",
            ),
            models.UniqueConstraint(
                fields=["case_id"],
                condition=~models.Q(case_id=""),
                name="services_one_draft_a_case",
            ),
            models.UniqueConstraint(
                fields=["owner", "key"],
                condition=~models.Q(key=""),
                name="services_one_draft_a_key",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Upload(models.Model):
    """A file handed in for a question of a draft; its bytes lie in the folder of uploads."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="uploads")
    question = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(size__gt=0), name="services_upload_not_empty"
            ),
        )

    def __str__(self) -> str:
        return self.name

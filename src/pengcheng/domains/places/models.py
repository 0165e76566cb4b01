"""Tables of places: divisions with their codes, and the data sets behind outlines and map."""

from django.db import models


class Division(models.Model):
    """A part of the country; the code is the key, because the state keeps it unique."""

    code = models.CharField(max_length=24, primary_key=True)
    name = models.CharField(max_length=80, db_index=True)
    name_en = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=12)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=16)
    official = models.BooleanField()
    managed_with = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [models.Index(fields=["level", "code"], name="places_division_level")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(official=True) | ~models.Q(managed_with=""),
                name="places_division_own_code_stands_for_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Holding(models.Model):
    """One data set with its origin. `body` is compressed GeoJSON in WGS-84, whatever came in."""

    key = models.CharField(max_length=40, primary_key=True)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    origin = models.TextField()
    licence = models.CharField(max_length=80)
    attribution = models.CharField(max_length=200)
    datum = models.CharField(max_length=12, blank=True)
    changed = models.TextField(blank=True)
    as_of = models.CharField(max_length=10, blank=True)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    body = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.key

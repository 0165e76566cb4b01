"""The catalogue of scenes: collections, and what belongs to them. Storm tracks need no table."""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class SceneCollection(models.Model):
    """Scenes of one origin; ``document`` is what STAC tells of it besides the columns."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    name = models.CharField(max_length=200, unique=True)
    title = models.TextField(blank=True)
    description = models.TextField()
    licence = models.CharField(max_length=100)
    document = models.JSONField()
    links = models.JSONField(default=list)
    extensions = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    registered_by = models.CharField(max_length=120)
    registered_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Scene(models.Model):
    """One scene; the box has columns of its own, so that a search needs not read geometries."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id)
    collection = models.ForeignKey(SceneCollection, on_delete=models.PROTECT, related_name="scenes")
    name = models.CharField(max_length=200)
    geometry = models.JSONField(null=True)
    bbox = models.JSONField(default=list)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    moment = models.DateTimeField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    cloud = models.FloatField(null=True)
    properties = models.JSONField()
    assets = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    extensions = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    registered_by = models.CharField(max_length=120)
    registered_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-starts", "-id")
        constraints = (
            models.UniqueConstraint(fields=("collection", "name"), name="earth_scene_once"),
        )
        indexes = (
            models.Index(fields=("starts", "id"), name="earth_scene_time"),
            models.Index(fields=("collection", "starts", "id"), name="earth_scene_of"),
            models.Index(fields=("south", "north", "west", "east"), name="earth_scene_box"),
            models.Index(fields=("name",), name="earth_scene_name"),
        )

    def __str__(self) -> str:
        return self.name

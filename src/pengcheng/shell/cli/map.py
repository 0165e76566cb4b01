"""`pengcheng map build`: the base map, from what the city holds and the operator's own layers."""

from __future__ import annotations

from pathlib import Path

import click

from pengcheng.shell.cli.base import console, json_option, print_json, start_django
from pengcheng.shell.cli.setting_up import shown
from pengcheng.shell.cli.words import say


@click.group("map", help=say("The base map.", "底图。"))
def map_() -> None:
    pass


@map_.command(
    help=say(
        "Draw the base map into PMTiles. LAYERS are GeoJSON files in WGS-84 to draw as well.",
        "绘制底图（PMTiles）。LAYERS 为一并绘制的 WGS-84 GeoJSON 文件。",
    )
)
@click.argument("layers", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=say("Draw even if nothing changed.", "强制重绘。"))
@json_option
def build(layers: tuple[Path, ...], force: bool, as_json: bool) -> None:
    start_django()
    from pengcheng.domains.places import api as places
    from pengcheng.kernel.context import system_context

    with shown("Drawing the base map", "绘制底图") as tell:
        made = places.build_base_map(
            system_context("cli"), extra=layers, force=force, progress=tell
        )
    if as_json:
        print_json({"path": made.path, "built": made.built, "bytes": made.size})
        return
    state = say("drawn", "已绘制") if made.built else say("unchanged", "无变化")
    console.print(f"{made.path}  {made.size / 1e6:.1f} MB  {state}")

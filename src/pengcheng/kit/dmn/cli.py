"""`dmn evaluate` and `dmn check` on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from pengcheng.kit.dmn.check import check as findings_of
from pengcheng.kit.dmn.documents import read_inputs, write_value
from pengcheng.kit.dmn.errors import ModelError
from pengcheng.kit.dmn.loading import load_model
from pengcheng.kit.dmn.model import Model, Result
from pengcheng.kit.dmn.trace import RuleTrace, TableTrace, Trace
from pengcheng.kit.feel.plain import from_python
from pengcheng.kit.feel.texts import to_text

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_IMPORTS = click.option(
    "--import", "imports", type=_FILE, multiple=True, help="A model that MODEL imports."
)


@click.group(name="dmn", help="Evaluate and check decision models (DMN 1.1 to 1.5).")
def dmn() -> None:
    """The group the command line mounts."""


@dmn.command(help="Evaluate a decision or a decision service of MODEL.")
@click.argument("model", type=_FILE)
@click.option("--decision", help="Name of the decision.")
@click.option("--service", help="Name of the decision service.")
@click.option("--input", "inputs", type=_FILE, help="Inputs as a JSON object.")
@click.option("--trace", is_flag=True, help="Show which rules matched, and why.")
@_IMPORTS
def evaluate(
    model: Path,
    decision: str | None,
    service: str | None,
    inputs: Path | None,
    trace: bool,
    imports: tuple[Path, ...],
) -> None:
    if (decision is None) == (service is None):
        raise click.UsageError("give either --decision or --service")
    loaded = _load(model, imports)
    known = loaded.decisions if decision is not None else loaded.services
    name = decision or service or ""
    if name not in known:
        raise click.ClickException(f"{name!r} is not among: {', '.join(known) or 'none'}")
    try:
        given = read_inputs(loaded, inputs.read_text("utf-8") if inputs else "{}")
    except ValueError as error:
        raise click.ClickException(f"the inputs cannot be read: {error}") from error
    ask = loaded.explain if decision is not None else loaded.explain_service
    _show(ask(name, given, trace=trace))


def _load(path: Path, imports: tuple[Path, ...]) -> Model:
    try:
        return load_model(path, imports)
    except ModelError as error:
        raise click.ClickException(str(error)) from error


def _show(result: Result) -> None:
    click.echo(write_value(result.value))
    for diagnostic in result.diagnostics:
        click.echo(f"note: {diagnostic}", err=True)
    if result.trace is not None:
        for line in trace_lines(result.trace):
            click.echo(line)


def trace_lines(trace: Trace) -> list[str]:
    """The trace as people read it."""
    lines: list[str] = []
    for step in trace.steps:
        if isinstance(step, TableTrace):
            lines.append(f"{step.decision}: table, {step.hit_policy}")
            lines += [f"  {_rule_line(rule)}" for rule in step.rules]
        else:
            lines.append(f"{step.decision} = {_text(step.value)}")
    return lines


def _rule_line(rule: RuleTrace) -> str:
    mark = "matches" if rule.matched else "fails"
    cells = "; ".join(
        f"{cell.expression} = {_text(cell.value)} {'is' if cell.holds else 'is not'} {cell.cell}"
        for cell in rule.cells
    )
    return f"rule {rule.number} {mark}" + (f": {cells}" if cells else "")


def _text(value: object) -> str:
    return to_text(from_python(value), quoted=True)


@dmn.command(help="Check MODEL; the exit code is 1 when there is something to look at.")
@click.argument("model", type=_FILE)
@_IMPORTS
def check(model: Path, imports: tuple[Path, ...]) -> None:
    loaded = _load(model, imports)
    found = findings_of(loaded)
    for finding in found:
        click.echo(f"{model.name}: {finding}")
    click.echo(
        f"{model.name}: DMN {loaded.version}, {len(loaded.decisions)} decisions, "
        f"{len(loaded.services)} services, {len(found)} findings"
    )
    if found:
        raise SystemExit(1)

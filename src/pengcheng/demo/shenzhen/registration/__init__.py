"""Names of companies for the demo's register: all invented by us; likeness to a firm is chance."""

from importlib.resources import files


def names() -> tuple[str, ...]:
    """The names, one a line of the file beside this one."""
    text = files("pengcheng.demo.shenzhen.registration").joinpath("names.txt").read_text("utf-8")
    return tuple(text.split())

"""Compiling: importing this package registers every rule."""

from pengcheng.kit.feel.compiler import calls, control, operators, values
from pengcheng.kit.feel.compiler.core import compile_node
from pengcheng.kit.feel.compiler.tests import Test, compile_unary_tests

__all__ = ["Test", "calls", "compile_node", "compile_unary_tests", "control", "operators", "values"]

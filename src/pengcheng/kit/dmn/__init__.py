"""DMN 1.1 to 1.5: `load_model(path).evaluate("Decision", {"input": 1})`."""

from pengcheng.kit.dmn.errors import Finding, ModelError
from pengcheng.kit.dmn.loading import load_model
from pengcheng.kit.dmn.model import Model, Result
from pengcheng.kit.dmn.trace import Trace

__all__ = ["Finding", "Model", "ModelError", "Result", "Trace", "load_model"]

"""Mobile documents of ISO/IEC 18013-5: issued by digest, shown in part, bound to a device's key."""

from pengcheng.kit.mdoc.issuing import Content, Life, issue
from pengcheng.kit.mdoc.showing import respond, transcript
from pengcheng.kit.mdoc.verifying import MdocError, Shown, verify

__all__ = [
    "Content",
    "Life",
    "MdocError",
    "Shown",
    "issue",
    "respond",
    "transcript",
    "verify",
]

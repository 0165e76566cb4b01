"""Rehearsing failures of the simulated operator."""

from pengcheng.domains.payments.contracts import OperatorSwitch
from pengcheng.domains.payments.ops import operator
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def read(context: Context) -> OperatorSwitch:
    permit(context, "payments.book.read", Resource(kind="operator"))
    return operator.switched()


def switch(context: Context, wanted: OperatorSwitch) -> None:
    with act(context, "payments.operator.switch", Resource(kind="operator")) as acting:
        operator.switch(wanted)
        acting.note(down=wanted.down, silent=wanted.silent)

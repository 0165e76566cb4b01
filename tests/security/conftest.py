"""A search can only be tried where there is something to find."""

from tests.services.conftest import city, shipment, whole_shipment

__all__ = ["city", "shipment", "whole_shipment"]

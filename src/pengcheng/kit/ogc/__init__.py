"""OGC API – Features and EDR without a store: coordinates, filters, parameters, coverages."""

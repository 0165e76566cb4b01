"""MQTT as a listener speaks it: packets by `mqtt5`, sessions and limits here."""

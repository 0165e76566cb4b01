"""One of several organisations: the state machine behind CometBFT, spoken to by ABCI 2.0."""

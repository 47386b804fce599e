"""The Entity Reconciliation API: the stable version and the draft of the next."""

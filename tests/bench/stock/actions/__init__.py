"""The custom actions of the stock project: one call a turn, as little done in it as can be."""

"""The house on one machine: train, start the three processes, watch them, stop them."""

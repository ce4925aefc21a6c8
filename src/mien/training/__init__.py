"""Training: one loop, phases as data, EMA, exact resume."""

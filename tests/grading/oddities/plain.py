"""Nothing odd: all answers are right."""

"""The classroom: releasing, fetching, checking and grading labs with nbgrader."""

"""Open Experts: the small library that the lessons and labs share."""

__version__ = "0.1.0"

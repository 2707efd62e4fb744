"""Nothing at all is written.

loses: all
"""

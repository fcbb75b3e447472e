"""The site. `__version__` is the one place where the version stands; all else follows it."""

__version__ = "0.2.0"

"""rollforward: how much do the customers we already have grow or shrink?"""

__version__ = "0.1.0"

from .blocks import ResidualBlock

__all__ = ["ResidualBlock"]

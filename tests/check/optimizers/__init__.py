"""Optimizers as courses, books and libraries write them, from memory and shortened."""
